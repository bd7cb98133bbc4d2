import { joinWords } from '../../../core/text/join-words.ts';
import type { Edit } from '../../../core/result/edit.ts';
import type { Utterance, Word } from '../../../core/result/result.ts';

/**
 * The smallest edit that makes this text of an utterance: words at its beginning and end that are still there keep
 * their times.
 *
 * @returns `undefined` where nothing changes
 */
export function textEdit(utterance: number, { words, text }: Utterance, wanted: string): Edit | undefined {
  const typed = wanted.replace(/\s+/gu, ' ').trim();
  if (words.length === 0) {
    return typed === text.trim() ? undefined : { op: 'text', utterance, from: 0, to: 0, text: typed };
  }
  if (typed === joinWords(words)) return undefined;
  const from = wordsAtStart(words, typed);
  const rest = typed.slice(joinWords(words.slice(0, from)).length).trimStart();
  const kept = wordsAtEnd(words.slice(from), rest);
  const to = words.length - kept;
  const tail = joinWords(words.slice(to));
  return { op: 'text', utterance, from, to, text: rest.slice(0, rest.length - tail.length).trimEnd() };
}

/** How many whole words the text begins with. */
function wordsAtStart(words: readonly Word[], text: string): number {
  let count = 0;
  while (count < words.length) {
    const begun = joinWords(words.slice(0, count + 1));
    if (!text.startsWith(begun) || isInsideWord(text, begun.length)) break;
    count += 1;
  }
  return count;
}

/** How many whole words it ends with. */
function wordsAtEnd(words: readonly Word[], text: string): number {
  let count = 0;
  while (count < words.length) {
    const ending = joinWords(words.slice(words.length - count - 1));
    if (!text.endsWith(ending) || isInsideWord(text, text.length - ending.length)) break;
    count += 1;
  }
  return count;
}

/** Whether a cut there would part what is written as one word. */
function isInsideWord(text: string, at: number): boolean {
  const [before, after] = [text[at - 1] ?? ' ', text[at] ?? ' '];
  return (
    /[^\s\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u.test(before) &&
    /[^\s\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u.test(after)
  );
}
