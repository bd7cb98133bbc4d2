import { useEffect, useState } from 'preact/hooks';
import type { WordRange } from './passages.ts';
import { wordOf } from './passage-row.tsx';

/** The words that are marked with the mouse or by touch, where they are of one passage. */
export function useWordRange(): WordRange | undefined {
  const [range, setRange] = useState<WordRange>();
  useEffect(() => {
    const onChange = (): void => setRange(markedWords(getSelection()));
    document.addEventListener('selectionchange', onChange);
    return () => document.removeEventListener('selectionchange', onChange);
  }, []);
  return range;
}

function markedWords(selection: Selection | null): WordRange | undefined {
  if (selection === null || selection.isCollapsed) return undefined;
  const [first, last] = [wordOf(selection.anchorNode), wordOf(selection.focusNode)];
  const [one, other] = [passageOf(selection.anchorNode), passageOf(selection.focusNode)];
  if (first === undefined || last === undefined || one === undefined || one !== other) return undefined;
  return { passage: one, from: Math.min(first, last), to: Math.max(first, last) + 1 };
}

function passageOf(node: Node | null): number | undefined {
  const number = node?.parentElement?.closest<HTMLElement>('[data-passage]')?.dataset.passage;
  return number === undefined ? undefined : Number(number);
}
