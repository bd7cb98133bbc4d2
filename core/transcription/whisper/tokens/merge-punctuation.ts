import { pythonStrip } from '../../../text/python-white-space.ts';

/** A word while it is put together; merging and cutting change it. */
export type DraftWord = {
  text: string;
  tokens: readonly number[];
  startSeconds: number;
  endSeconds: number;
  readonly probability: number;
};

/** Punctuation that belongs to the word after it. */
export const PREPENDED_PUNCTUATION = '"\'“¿([{-';
/** Punctuation that belongs to the word before it. */
export const APPENDED_PUNCTUATION = '"\'.。,，!！?？:：”)]}、';

/**
 * Moves punctuation to its neighbours, in place; words that were moved stay with an empty text and keep their time.
 *
 * Whether a word is punctuation is a substring test, as in the reference: `.。` and the empty word are, `。.` is not.
 *
 * @see openai-whisper `timing.merge_punctuations`
 */
export function mergePunctuation(words: readonly DraftWord[]): void {
  let following = words.length - 1;
  for (let index = words.length - 2; index >= 0; index--) {
    const previous = words[index]!;
    if (previous.text.startsWith(' ') && PREPENDED_PUNCTUATION.includes(pythonStrip(previous.text))) {
      join(words[following]!, previous, words[following]!);
    } else {
      following = index;
    }
  }
  let previous = 0;
  for (let index = 1; index < words.length; index++) {
    const word = words[index]!;
    if (!words[previous]!.text.endsWith(' ') && APPENDED_PUNCTUATION.includes(word.text)) {
      join(words[previous]!, words[previous]!, word);
    } else {
      previous = index;
    }
  }
}

/** `first` and `second` become one word in `into`, which is one of them; the other is emptied. */
function join(into: DraftWord, first: DraftWord, second: DraftWord): void {
  const text = first.text + second.text;
  const tokens = [...first.tokens, ...second.tokens];
  const emptied = into === first ? second : first;
  Object.assign(emptied, { text: '', tokens: [] });
  Object.assign(into, { text, tokens });
}
