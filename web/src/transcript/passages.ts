import { isTranscript, type Utterance } from '../../../core/result/result.ts';
import type { Turn } from '../../../core/timeline/turns.ts';
import type { AnyResult } from '../page-types.ts';

/** What is listed: utterances, or turns where nobody asked for words. */
export function passagesOf(result: AnyResult): readonly Utterance[] {
  if (isTranscript(result)) return result.utterances;
  return result.turns.map((turn) => ({ ...turn, text: '', words: [] }));
}

/** A word: of which passage, and which. */
export type Cursor = { readonly passage: number; readonly word: number };

/** Words of a passage: [from, to). */
export type WordRange = { readonly passage: number; readonly from: number; readonly to: number };

/** What is said at a time: the last passage that has begun, and its last word that has. */
export function cursorAt(passages: readonly Utterance[], seconds: number): Cursor | undefined {
  const passage = lastBegun(passages, seconds);
  if (passage < 0) return undefined;
  return { passage, word: Math.max(0, lastBegun(passages[passage]!.words, seconds)) };
}

/** Index of the last that begins at or before a time; −1 for none. */
function lastBegun(parts: readonly { readonly startSeconds: number }[], seconds: number): number {
  let [low, high] = [0, parts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (parts[middle]!.startSeconds <= seconds + 1e-6) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** A label that no speaker has: SPEAKER_07 after six. */
export function newLabel(labels: readonly string[]): string {
  for (let number = labels.length; ; number++) {
    const label = `SPEAKER_${String(number).padStart(2, '0')}`;
    if (!labels.includes(label)) return label;
  }
}

/** The longest turns of a speaker, the longest first. */
export function longestTurns(turns: readonly Turn[], speaker: string, count: number): Turn[] {
  const lengthOf = ({ startSeconds, endSeconds }: Turn): number => endSeconds - startSeconds;
  return turns
    .filter((turn) => turn.speaker === speaker)
    .sort((a, b) => lengthOf(b) - lengthOf(a))
    .slice(0, count);
}
