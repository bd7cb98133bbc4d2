import { describe, expect, it } from 'vitest';
import type { ModelFile, Session } from '../../../../core/inference/session.ts';
import { type AlignedText, alignText } from '../../../../core/transcription/forced-alignment/align-text.ts';
import { CtcAligner } from '../../../../core/transcription/forced-alignment/ctc-aligner.ts';
import { ctcDictionary } from '../../../../core/transcription/forced-alignment/ctc-dictionary.ts';
import type { Interpolation } from '../../../../core/transcription/forced-alignment/interpolate.ts';
import { readNpy } from '../../../support/npy.ts';
import { goldenJson, goldenPath } from '../../../support/recogniser-goldens.ts';

type GoldenText = { start?: number; end?: number; score?: number };
type GoldenWord = GoldenText & { readonly word: string };
type GoldenSegment = {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly words: readonly GoldenWord[];
  readonly chars?: readonly (GoldenText & { readonly char: string })[] | null;
};
type AlignCase = {
  readonly name: string;
  readonly language: string;
  readonly audioSeconds: number;
  readonly interpolate: Interpolation;
  readonly dictionaryWithout: readonly string[];
  readonly segments: readonly { start: number; end: number; text: string }[];
  readonly sentenceSpans: readonly (readonly (readonly [number, number])[])[];
  readonly emissions: readonly { readonly segment: number; readonly emission: string }[];
  readonly modelInputSamples: readonly number[];
  readonly expected: { readonly segments: readonly GoldenSegment[] };
};
type AlignFile = {
  readonly dictionary: Readonly<Record<string, number>>;
  readonly cases: readonly AlignCase[];
};

/** The reference rounds to three digits, and means of what it rounded. */
const TOLERANCE = 0.001;

const golden = goldenJson('ctc-align/whisperx-align.json') as AlignFile;

function emissionOf(sample: AlignCase, segment: number) {
  const entry = sample.emissions.find((emission) => emission.segment === segment);
  if (entry === undefined) return undefined;
  const { data, shape } = readNpy(goldenPath(`ctc-align/${entry.emission}`)!);
  return { data: data as Float32Array, rows: shape[0]!, columns: shape[1]! };
}

function dictionaryOf({ dictionaryWithout }: AlignCase) {
  const entries = Object.entries(golden.dictionary);
  return ctcDictionary(entries.filter(([character]) => !dictionaryWithout.includes(character)));
}

function expectTimes(actual: AlignedText, expected: GoldenText, where: string): void {
  const pairs = [
    [actual.startSeconds, expected.start],
    [actual.endSeconds, expected.end],
    [actual.score, expected.score],
  ] as const;
  for (const [value, wanted] of pairs) {
    if (wanted === undefined) expect(value, where).toBeUndefined();
    else expect(Math.abs(value! - wanted), `${where}: ${value} for ${wanted}`).toBeLessThanOrEqual(TOLERANCE);
  }
}

describe('alignText', () => {
  it.each(golden.cases)('times words and sentences as WhisperX does: $name', (sample) => {
    const dictionary = dictionaryOf(sample);
    const aligned = sample.segments.flatMap(({ start, end, text }, index) => {
      const emission = emissionOf(sample, index);
      const segment = { text, startSeconds: start, endSeconds: end };
      const sentences =
        emission &&
        alignText(segment, emission, dictionary, {
          language: sample.language,
          interpolation: sample.interpolate,
          sentences: sample.sentenceSpans[index],
        });
      return sentences ?? [{ ...segment, words: [], characters: [] }];
    });
    expect(aligned.map(({ text }) => text)).toEqual(sample.expected.segments.map(({ text }) => text));
    aligned.forEach((sentence, index) => {
      const expected = sample.expected.segments[index]!;
      expectTimes(sentence, { start: expected.start, end: expected.end }, `sentence ${index}`);
      expect(sentence.words.map(({ text }) => text)).toEqual(expected.words.map(({ word }) => word));
      sentence.words.forEach((word, place) => expectTimes(word, expected.words[place]!, `word ${place}`));
      expected.chars?.forEach((character, place) => {
        expect(sentence.characters[place]!.text).toBe(character.char);
        expectTimes(sentence.characters[place]!, character, `character ${place}`);
      });
    });
  });
});

/** Gives the recorded emissions one after the other and writes down how much sound each was asked for. */
function recordedSession(sample: AlignCase): { session: Session; sampleCounts: number[] } {
  const sampleCounts: number[] = [];
  const model: ModelFile = { id: 'ctc-stand-in', path: '', inputs: ['input_values'], outputs: ['logits'] };
  const session: Session = {
    model,
    provider: 'cpu',
    concurrency: 1,
    inputNames: model.inputs,
    outputNames: model.outputs,
    warnings: [],
    run: ({ input_values: input }) => {
      const { segment } = sample.emissions[sampleCounts.length]!;
      sampleCounts.push(input!.data.length);
      const { data, rows, columns } = emissionOf(sample, segment)!;
      return Promise.resolve({ logits: { data: data.slice(), dims: [1, rows, columns] } });
    },
    release: () => Promise.resolve(),
  };
  return { session, sampleCounts };
}

describe('CtcAligner', () => {
  it.each(golden.cases)('asks the graph for the sound of each segment: $name', async (sample) => {
    const { session, sampleCounts } = recordedSession(sample);
    const aligner = new CtcAligner(session, dictionaryOf(sample), ['en']);
    const segments = sample.segments.map(({ start, end, text }) => ({
      text,
      startSeconds: start,
      endSeconds: end,
      words: [],
    }));
    const { segments: aligned, warnings } = await aligner.align(
      new Float32Array(sample.audioSeconds * 16_000),
      segments,
      { language: sample.language },
    );
    expect(sampleCounts).toEqual(sample.modelInputSamples);
    const words = aligned.flatMap((segment) => segment.words.map(({ text }) => text));
    const expected = sample.expected.segments.flatMap((segment) => segment.words.map(({ word }) => word));
    expect(words).toEqual(expected);
    const failed = sample.expected.segments.some((segment) => segment.words.length === 0);
    expect(warnings.map(({ code }) => code)).toEqual(failed ? ['alignment_failed'] : []);
    for (const { startSeconds, endSeconds } of aligned.flatMap((segment) => segment.words))
      expect(endSeconds).toBeGreaterThanOrEqual(startSeconds);
  });

  it('refuses a vocabulary that goes beyond the labels of the graph', async () => {
    const sample = golden.cases[0]!;
    const { session } = recordedSession(sample);
    const aligner = new CtcAligner(session, ctcDictionary([['a', 1000]]), ['en']);
    const segment = { text: 'a', startSeconds: 0, endSeconds: 1, words: [] };
    await expect(
      aligner.align(new Float32Array(16_000), [segment], { language: 'en' }),
    ).rejects.toMatchObject({ code: 'model_shape_mismatch' });
  });
});
