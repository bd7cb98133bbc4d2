import type { Edit } from '../../../core/result/edit.ts';
import type { Utterance } from '../../../core/result/result.ts';
import { textEdit } from './text-edit.ts';

/** What is looked for. */
export type SearchTerms = {
  readonly text: string;
  readonly matchCase: boolean;
  readonly wholeWords: boolean;
};

/** A place in the text of an utterance, in UTF-16 units: [start, end). */
export type Match = { readonly utterance: number; readonly start: number; readonly end: number };

/** Every place where the text stands; none for an empty one. */
export function findMatches(utterances: readonly Utterance[], terms: SearchTerms): Match[] {
  const pattern = patternOf(terms);
  if (pattern === undefined) return [];
  return utterances.flatMap(({ text }, utterance) =>
    [...text.matchAll(pattern)].map(({ index, 0: found }) => ({
      utterance,
      start: index,
      end: index + found.length,
    })),
  );
}

function patternOf({ text, matchCase, wholeWords }: SearchTerms): RegExp | undefined {
  if (text.trim() === '') return undefined;
  const literal = text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&').replace(/\s+/g, '\\s+');
  const source = wholeWords ? `(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])` : literal;
  return new RegExp(source, matchCase ? 'gu' : 'giu');
}

/**
 * Edits that put another text in all these places, one a place, so that words between them keep their times. Later
 * places come first: what is before them stays where it is.
 */
export function replaceMatches(
  utterances: readonly Utterance[],
  matches: readonly Match[],
  replacement: string,
): Edit[] {
  const edits: Edit[] = [];
  for (const [index, own] of matchesByUtterance(matches)) {
    const utterance = utterances[index];
    if (utterance !== undefined) edits.push(...editsOf(index, utterance, own, replacement));
  }
  return edits;
}

function matchesByUtterance(matches: readonly Match[]): [number, Match[]][] {
  const byUtterance = new Map<number, Match[]>();
  for (const match of matches)
    byUtterance.set(match.utterance, [...(byUtterance.get(match.utterance) ?? []), match]);
  return [...byUtterance].sort(([a], [b]) => b - a);
}

function editsOf(
  index: number,
  utterance: Utterance,
  matches: readonly Match[],
  replacement: string,
): Edit[] {
  const edits: Extract<Edit, { op: 'text' }>[] = [];
  for (const match of matches.toSorted((a, b) => b.start - a.start)) {
    const edit = textEdit(index, utterance, replaced(utterance.text, [match], replacement));
    if (edit?.op !== 'text') continue;
    const later = edits.at(-1);
    // Two places in one word: the utterance is edited as a whole.
    if (later !== undefined && edit.to > later.from) return wholeEdit(index, utterance, matches, replacement);
    edits.push(edit);
  }
  return utterance.words.length === 0 ? wholeEdit(index, utterance, matches, replacement) : edits;
}

function wholeEdit(
  index: number,
  utterance: Utterance,
  matches: readonly Match[],
  replacement: string,
): Edit[] {
  const edit = textEdit(index, utterance, replaced(utterance.text, matches, replacement));
  return edit === undefined ? [] : [edit];
}

function replaced(text: string, matches: readonly Match[], replacement: string): string {
  return matches
    .toSorted((a, b) => b.start - a.start)
    .reduce((made, { start, end }) => made.slice(0, start) + replacement + made.slice(end), text);
}
