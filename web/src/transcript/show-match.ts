import type { Match } from './search.ts';

const HIGHLIGHT = 'found';

/** Brings a place into sight and marks it; without one the mark goes. The text itself is not touched. */
export function showMatch(match: Match | undefined): void {
  // Not in every browser yet; those show the passage.
  const highlights = 'highlights' in CSS ? CSS.highlights : undefined;
  highlights?.delete(HIGHLIGHT);
  if (match === undefined) return;
  const row = document.getElementById(`p-${match.utterance}`);
  row?.scrollIntoView({ block: 'center' });
  // Once its words are there.
  setTimeout(() => {
    const range = rangeOf(row?.querySelector('.words') ?? null, match);
    if (range !== undefined) highlights?.set(HIGHLIGHT, new Highlight(range));
  }, 80);
}

function rangeOf(element: Element | null, { start, end }: Match): Range | undefined {
  if (element === null) return undefined;
  const range = document.createRange();
  const nodes = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let before = 0;
  let hasStart = false;
  for (let node = nodes.nextNode(); node !== null; node = nodes.nextNode()) {
    const length = node.textContent?.length ?? 0;
    if (!hasStart && start < before + length) {
      range.setStart(node, start - before);
      hasStart = true;
    }
    if (hasStart && end <= before + length) {
      range.setEnd(node, end - before);
      return range;
    }
    before += length;
  }
  return undefined;
}
