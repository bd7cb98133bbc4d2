import type { Matrix } from '../../math/matrix.ts';
import { pythonStrip } from '../../text/python-white-space.ts';
import type { Segment } from '../../timeline/turns.ts';
import type { CtcDictionary } from './ctc-dictionary.ts';
import { interpolate, type Interpolation } from './interpolate.ts';
import { hasSpaces, type SpelledText, spellText } from './spell-text.ts';
import { alignCharacters, spansOf } from './trellis.ts';
import { largestOf, smallestOf } from '../../math/extremes.ts';

/** Text that was said in a stretch of sound. */
export type TextSegment = Segment & { readonly text: string };

/** A character, word or sentence; without a time where nothing of it could be aligned. */
export type AlignedText = {
  readonly text: string;
  startSeconds?: number | undefined;
  endSeconds?: number | undefined;
  /** Mean probability over its characters, in [0, 1]. */
  readonly score?: number | undefined;
};

export type AlignedSentence = Segment & {
  readonly text: string;
  readonly words: readonly AlignedText[];
  readonly characters: readonly AlignedText[];
};

export type AlignTextOptions = {
  /** ISO 639-1: Chinese and Japanese have no spaces between words. */
  readonly language: string | null;
  /** For words and sentences without any character that could be aligned. */
  readonly interpolation: Interpolation;
  /** Sentences as [first, end) code points of the text; the whole text where absent. */
  readonly sentences?: readonly (readonly [number, number])[] | undefined;
};

export const DEFAULT_ALIGN_TEXT_OPTIONS: AlignTextOptions = Object.freeze({
  language: null,
  interpolation: 'nearest',
});

/**
 * Finds out when each word of a text was said. Times are those of the frames, not rounded to milliseconds as the
 * reference's.
 *
 * @param emission [frames, labels] of the segment's sound, natural logs of probabilities
 * @returns sentences by time, those with equal times joined; `undefined` where nothing can be aligned or the text has
 *   more characters than the sound has frames
 * @see M. Bain et al., "WhisperX: Time-Accurate Speech Transcription of Long-Form Audio", 2023; `alignment.align`
 */
export function alignText(
  segment: TextSegment,
  emission: Matrix,
  dictionary: CtcDictionary,
  options: AlignTextOptions = DEFAULT_ALIGN_TEXT_OPTIONS,
): AlignedSentence[] | undefined {
  const spelled = spellText(segment.text, dictionary, options.language);
  const scores = spelled.labels.includes(undefined) ? withWildcard(emission, dictionary.blank) : emission;
  const labels = spelled.labels.map((label) => label ?? emission.columns);
  const path = alignCharacters(scores, labels, dictionary.blank);
  if (path === undefined) return undefined;
  const secondsPerFrame = (segment.endSeconds - segment.startSeconds) / emission.rows;
  const characters: AlignedText[] = spelled.characters.map((text) => ({ text }));
  spansOf(path).forEach(({ startFrame, endFrame, score }, token) => {
    const index = spelled.aligned[token]!;
    characters[index] = {
      text: characters[index]!.text,
      startSeconds: startFrame * secondsPerFrame + segment.startSeconds,
      endSeconds: endFrame * secondsPerFrame + segment.startSeconds,
      score,
    };
  });
  const spans = options.sentences ?? [[0, characters.length] as const];
  const sentences = spans.map((span) => sentenceOf(span, characters, spelled, options.interpolation));
  return joined(timed(sentences, segment, options.interpolation), hasSpaces(options.language) ? ' ' : '');
}

/** A further label, in each frame as probable as the most probable character. */
function withWildcard({ data, rows, columns }: Matrix, blank: number): Matrix {
  const extended = new Float32Array(rows * (columns + 1));
  for (let row = 0; row < rows; row++) {
    let most = -Infinity;
    for (let label = 0; label < columns; label++) {
      const value = data[row * columns + label]!;
      extended[row * (columns + 1) + label] = value;
      if (label !== blank && value > most) most = value;
    }
    extended[row * (columns + 1) + columns] = most;
  }
  return { data: extended, rows, columns: columns + 1 };
}

type DraftSentence = AlignedText & Pick<AlignedSentence, 'words' | 'characters'>;

/** The character behind a sentence counts as its own too, as in the reference: usually a space. */
function sentenceOf(
  [first, end]: readonly [number, number],
  characters: readonly AlignedText[],
  { wordOf }: SpelledText,
  interpolation: Interpolation,
): DraftSentence {
  const own = characters.slice(first, end + 1);
  const byWord = new Map<number, AlignedText[]>();
  own.forEach((character, offset) => {
    const word = wordOf[first + offset]!;
    byWord.set(word, [...(byWord.get(word) ?? []), character]);
  });
  const words = [...byWord.values()].map(wordFrom).filter(({ text }) => text !== '');
  return {
    text: characters
      .slice(first, end)
      .map(({ text }) => text)
      .join(''),
    startSeconds: least(own),
    endSeconds: most(own.filter(({ text }) => text !== ' ')),
    words: withTimes(words, interpolation),
    characters: own,
  };
}

function wordFrom(characters: readonly AlignedText[]): AlignedText {
  const written = characters.filter(({ text }) => text !== ' ');
  const scores = written.flatMap(({ score }) => score ?? []);
  return {
    text: pythonStrip(characters.map(({ text }) => text).join('')),
    startSeconds: least(written),
    endSeconds: most(written),
    score: scores.length === 0 ? undefined : scores.reduce((sum, score) => sum + score, 0) / scores.length,
  };
}

function least(parts: readonly AlignedText[]): number | undefined {
  const starts = parts.flatMap(({ startSeconds }) => startSeconds ?? []);
  return starts.length === 0 ? undefined : smallestOf(starts);
}

function most(parts: readonly AlignedText[]): number | undefined {
  const ends = parts.flatMap(({ endSeconds }) => endSeconds ?? []);
  return ends.length === 0 ? undefined : largestOf(ends);
}

function withTimes<T extends AlignedText>(parts: readonly T[], method: Interpolation): T[] {
  const starts = interpolate(
    parts.map(({ startSeconds }) => startSeconds),
    method,
  );
  const ends = interpolate(
    parts.map(({ endSeconds }) => endSeconds),
    method,
  );
  return parts.map((part, index) => ({ ...part, startSeconds: starts[index], endSeconds: ends[index] }));
}

/** A sentence that nothing is known of takes the time of the segment. */
function timed(
  sentences: readonly DraftSentence[],
  segment: TextSegment,
  method: Interpolation,
): AlignedSentence[] {
  return withTimes(sentences, method).map(({ text, words, characters, startSeconds, endSeconds }) => ({
    text,
    startSeconds: startSeconds ?? segment.startSeconds,
    endSeconds: endSeconds ?? segment.endSeconds,
    words,
    characters,
  }));
}

function joined(sentences: readonly AlignedSentence[], separator: string): AlignedSentence[] {
  const sorted = sentences.toSorted((a, b) => a.startSeconds - b.startSeconds || a.endSeconds - b.endSeconds);
  const result: AlignedSentence[] = [];
  for (const sentence of sorted) {
    const last = result.at(-1);
    if (last?.startSeconds !== sentence.startSeconds || last.endSeconds !== sentence.endSeconds) {
      result.push(sentence);
      continue;
    }
    result[result.length - 1] = {
      ...last,
      text: last.text + separator + sentence.text,
      words: [...last.words, ...sentence.words],
      characters: [...last.characters, ...sentence.characters],
    };
  }
  return result;
}
