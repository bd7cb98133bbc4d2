import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../../../core/errors.ts';
import {
  checkNemoVadOptions,
  findSpeech,
  segmentSpeechLikeNemo,
  thresholdsOf,
  type NemoVadOptions,
} from '../../../../core/vad/nemo/post-processing.ts';
import { smoothProbabilities, type SmoothingOptions } from '../../../../core/vad/nemo/smoothing.ts';
import { nemoCases, nemoGoldens } from '../../../support/nemo-goldens.ts';
import { readNumpyArchive } from '../../../support/numpy-archive.ts';

const arrays = readNumpyArchive(join(nemoGoldens, 'vad-tracks.npz'));
const trackOf = (name: string): Float32Array => Float32Array.from(arrays.get(`track/${name}`)!.data);

type Parameters = {
  onset: number;
  offset: number;
  pad_onset: number;
  pad_offset: number;
  min_duration_on: number;
  min_duration_off: number;
  filter_speech_first: boolean;
  scale?: NemoVadOptions['thresholdScale'];
};
const optionsOf = (parameters: Parameters): NemoVadOptions => ({
  onset: parameters.onset,
  offset: parameters.offset,
  padStartSeconds: parameters.pad_onset,
  padEndSeconds: parameters.pad_offset,
  minSpeechSeconds: parameters.min_duration_on,
  minSilenceSeconds: parameters.min_duration_off,
  dropShortFirst: parameters.filter_speech_first,
  thresholdScale: parameters.scale ?? 'absolute',
  compatible: true,
});

describe('NeMo 2.7.3 writes these segments', () => {
  type Case = {
    input: { name: string; set: string; frame: number; parameters: Parameters };
    output: { onset: number; offset: number; binarised: [number, number][]; table: string };
  };
  for (const { input, output } of nemoCases('vad') as readonly Case[]) {
    it(`${input.name}, ${input.set}`, () => {
      const options = optionsOf(input.parameters);
      const track = trackOf(input.name);
      const thresholds = thresholdsOf(track, options);
      expect(thresholds.onset).toBeCloseTo(output.onset, 6);
      expect(thresholds.offset).toBeCloseTo(output.offset, 6);
      const found = findSpeech(track, input.frame, options);
      expect(found.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds])).toEqual(
        output.binarised,
      );
      const lines = segmentSpeechLikeNemo(track, input.frame, options).map(
        ({ startSeconds, endSeconds }) =>
          `${startSeconds.toFixed(4)} ${(endSeconds - startSeconds).toFixed(4)} speech\n`,
      );
      expect(lines.length === 0 ? '0 0 speech\n' : lines.join('')).toBe(output.table);
    });
  }
});

describe('NeMo 2.7.3 smooths to these probabilities', () => {
  type Case = {
    input: {
      name: string;
      method: SmoothingOptions['method'];
      window: number;
      shift: number;
      overlap: number;
    };
    output: { values: string | null; error: string | null };
  };
  for (const { input, output } of nemoCases('vad-smoothing') as readonly Case[]) {
    it(Object.values(input).join(' '), () => {
      const options = {
        method: input.method,
        windowSeconds: input.window,
        shiftSeconds: input.shift,
        overlap: input.overlap,
      };
      const track = trackOf(input.name).slice(0, 400);
      if (output.values === null) {
        expect(() => smoothProbabilities(track, options)).toThrow(InvalidInputError);
      } else {
        expect([...smoothProbabilities(track, options)]).toEqual([...arrays.get(output.values)!.data]);
      }
    });
  }
});

describe('without the faults of the original', () => {
  const options: NemoVadOptions = {
    onset: 0.5,
    offset: 0.5,
    padStartSeconds: 0.2,
    padEndSeconds: 0,
    minSpeechSeconds: 0,
    minSilenceSeconds: 0,
    dropShortFirst: true,
    thresholdScale: 'absolute',
    compatible: false,
  };
  /** A click at the very beginning, then a second of speech: padding lets both begin at 0. */
  const track = Float32Array.from({ length: 150 }, (_, frame) =>
    frame === 2 || (frame > 5 && frame < 106) ? 1 : 0,
  );

  it('keeps speech at the beginning that the original loses', () => {
    const [kept] = segmentSpeechLikeNemo(track, 0.01, options);
    const [lost] = segmentSpeechLikeNemo(track, 0.01, { ...options, compatible: true });
    expect(kept!.endSeconds).toBeCloseTo(1.07, 5);
    expect(lost!.endSeconds).toBeCloseTo(0.04, 5);
  });

  it('finds nothing in nothing', () => {
    expect(segmentSpeechLikeNemo(new Float32Array(0), 0.01, options)).toEqual([]);
    expect(segmentSpeechLikeNemo(new Float32Array(90), 0.01, options)).toEqual([]);
  });

  it('refuses thresholds outside of probabilities and absurd lengths', () => {
    for (const wrong of [
      { onset: 1.1 },
      { offset: -0.1 },
      { minSpeechSeconds: NaN },
      { padStartSeconds: -20 },
    ]) {
      expect(() => checkNemoVadOptions({ ...options, ...wrong })).toThrow(InvalidInputError);
    }
  });
});
