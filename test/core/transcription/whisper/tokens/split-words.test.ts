import { describe, expect, it } from 'vitest';
import {
  type DraftWord,
  mergePunctuation,
} from '../../../../../core/transcription/whisper/tokens/merge-punctuation.ts';
import {
  splitAtCharacters,
  splitAtSpaces,
  splitWords,
  type TokenDecoder,
} from '../../../../../core/transcription/whisper/tokens/split-words.ts';
import { goldenJson } from '../../../../support/recogniser-goldens.ts';

type Split = { readonly words: readonly string[]; readonly tokens: readonly (readonly number[])[] };
type WordsCase = {
  readonly name: string;
  readonly language: string;
  readonly tokens: readonly number[];
  readonly tokenBytesHex: readonly string[];
  readonly words: readonly string[];
  readonly wordTokens: readonly (readonly number[])[];
  readonly onUnicode: Split;
  readonly onSpaces: Split;
  readonly merged: readonly { word: string; tokens: readonly number[]; start: number; end: number }[] | null;
};

const golden = goldenJson('whisper/words.json') as {
  readonly eot: number;
  readonly cases: readonly WordsCase[];
};

function decoderOf({ tokens, tokenBytesHex }: WordsCase): TokenDecoder {
  const bytes = new Map(tokens.map((token, index) => [token, Buffer.from(tokenBytesHex[index]!, 'hex')]));
  return {
    endOfText: golden.eot,
    decode: (ids) =>
      new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.concat(ids.map((id) => bytes.get(id)!))),
  };
}

describe('splitWords', () => {
  it.each(golden.cases)('splits and merges as openai-whisper does: $name', (sample) => {
    const decoder = decoderOf(sample);
    const words = splitWords(sample.tokens, decoder, sample.language);
    expect(words.map(({ text }) => text)).toEqual(sample.words);
    expect(words.map(({ tokens }) => tokens)).toEqual(sample.wordTokens);
    const characters = splitAtCharacters(sample.tokens, decoder);
    expect(characters.map(({ text }) => text)).toEqual(sample.onUnicode.words);
    expect(characters.map(({ tokens }) => tokens)).toEqual(sample.onUnicode.tokens);
    const spaced = splitAtSpaces(sample.tokens, decoder);
    expect(spaced.map(({ text }) => text)).toEqual(sample.onSpaces.words);
    expect(spaced.map(({ tokens }) => tokens)).toEqual(sample.onSpaces.tokens);
    // Not recorded where the tokens end inside a character.
    if (sample.merged) expect(merged(words.slice(0, -1))).toEqual(sample.merged);
  });
});

function merged(words: readonly { text: string; tokens: readonly number[] }[]): unknown[] {
  const drafts = words.map(({ text, tokens }, index): DraftWord => ({
    text,
    tokens,
    startSeconds: index * 0.1,
    endSeconds: index * 0.1 + 0.1,
    probability: 1,
  }));
  mergePunctuation(drafts);
  return drafts.map(({ text, tokens, startSeconds, endSeconds }) => ({
    word: text,
    tokens,
    start: startSeconds,
    end: endSeconds,
  }));
}
