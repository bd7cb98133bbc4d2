/** How words become text: the one place that knows where a space stands. */
import { isEastAsian, isSouthEastAsian, isWidePunctuation } from './scripts.ts';

/** A word without space around it. */
export type SpacedWord = {
  readonly text: string;
  /** Whether a space stands before it; where absent, the scripts of the two words say it. */
  readonly spaceBefore?: boolean;
};

/** The words of an utterance as it is written: `你好世界`, `J'empêche`, `co-workers`, `good morning`. */
export function joinWords(words: readonly SpacedWord[]): string {
  let text = '';
  let before: SpacedWord | undefined;
  for (const word of words) {
    text += before !== undefined && hasSpaceBefore(word, before) ? ` ${word.text}` : word.text;
    before = word;
  }
  return text;
}

/** Sentences or utterances in a row; Thai, Lao, Khmer and Burmese have spaces here, Chinese and Japanese none. */
export function joinSentences(texts: readonly string[]): string {
  return joinWords(spacedSentences(texts.filter((text) => text !== '')));
}

/** Every word with its space said, so that its text may be dressed up before it is joined. */
export function spacedWords<W extends SpacedWord>(words: readonly W[]): (W & { spaceBefore: boolean })[] {
  return words.map((word, index) => ({
    ...word,
    spaceBefore: index === 0 || hasSpaceBefore(word, words[index - 1]!),
  }));
}

/** The same for sentences or utterances. */
export function spacedSentences(texts: readonly string[]): (SpacedWord & { spaceBefore: boolean })[] {
  return texts.map((text, index) => ({
    text,
    spaceBefore: index === 0 || scriptsHaveSpace(texts[index - 1]!, text, false),
  }));
}

/** Whether a word stands apart from the one before it. */
export function hasSpaceBefore(word: SpacedWord, before: SpacedWord): boolean {
  return word.spaceBefore ?? scriptsHaveSpace(before.text, word.text, true);
}

/** What a word must say of its space: nothing where the scripts say the same. */
export function spacing(before: string, text: string, hasSpace: boolean): { spaceBefore?: boolean } {
  return hasSpace === scriptsHaveSpace(before, text, true) ? {} : { spaceBefore: hasSpace };
}

/** What each word of a text must say of its space; words that do not stand in it, in their order, say nothing. */
export function spacingIn(text: string, words: readonly string[]): { spaceBefore?: boolean }[] {
  let end = 0;
  return words.map((word, index) => {
    const start = text.indexOf(word, end);
    if (start === -1) return {};
    const gap = text.slice(end, start);
    end = start + word.length;
    return index === 0 ? {} : spacing(words[index - 1]!, word, /\s/u.test(gap));
  });
}

/** True where a word is joined to the one before it although its script has spaces: `'empêche` after `J`. */
export function isAttached(word: SpacedWord, before: SpacedWord): boolean {
  return !hasSpaceBefore(word, before) && scriptsHaveSpace(before.text, word.text, true);
}

/** @param withinSentence false between sentences */
function scriptsHaveSpace(before: string, after: string, withinSentence: boolean): boolean {
  if (before === '' || after === '') return true;
  const [last] = Array.from(before.slice(-2)).slice(-1) as [string];
  const first = String.fromCodePoint(after.codePointAt(0)!);
  if (isWidePunctuation(last) || isWidePunctuation(first)) return false;
  const [letterBefore, letterAfter] = [lastLetter(before) ?? last, firstLetter(after) ?? first];
  const [eastBefore, eastAfter] = [isEastAsian(letterBefore), isEastAsian(letterAfter)];
  if (eastBefore && eastAfter) return false;
  // 3月, 第3
  if ((eastBefore && isDigit(letterAfter)) || (isDigit(letterBefore) && eastAfter)) return false;
  return !(withinSentence && isSouthEastAsian(letterBefore) && isSouthEastAsian(letterAfter));
}

function firstLetter(text: string): string | undefined {
  return /[\p{L}\p{N}]/u.exec(text)?.[0];
}

function lastLetter(text: string): string | undefined {
  return /[\p{L}\p{N}](?=[^\p{L}\p{N}]*$)/u.exec(text)?.[0];
}

function isDigit(character: string): boolean {
  return /\p{Nd}/u.test(character);
}
