import { joinWords } from '../text/join-words.ts';
import type { RecognisedSegment, RecognisedWord } from './recogniser.ts';

/**
 * Some of the words of a text; nothing where none stays. A word that loses its neighbour says nothing of the space
 * before it any more.
 */
export function keepWords(
  text: RecognisedSegment,
  stays: (word: RecognisedWord, index: number) => boolean,
): RecognisedSegment[] {
  const words: RecognisedWord[] = [];
  let lostOne = false;
  for (const [index, word] of text.words.entries()) {
    if (!stays(word, index)) {
      lostOne = true;
      continue;
    }
    const { spaceBefore: _, ...loose } = word;
    words.push(lostOne ? loose : word);
    lostOne = false;
  }
  const [first] = words;
  if (first === undefined) return [];
  if (words.length === text.words.length) return [text];
  const { startSeconds } = first;
  return [{ ...text, words, text: joinWords(words), startSeconds, endSeconds: words.at(-1)!.endSeconds }];
}
