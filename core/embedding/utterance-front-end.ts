/** The features that each family of speaker encoders was trained on, for a whole utterance, as tensors of its graph. */
import { ECAPA_MEL_COUNT, ecapaFbank } from '../dsp/ecapa-fbank.ts';
import { analyzeFrames, frameCountOf } from '../dsp/frame-analyzer.ts';
import {
  type KaldiFbankOptions,
  planKaldiFbank,
  subtractMeanOverTime,
  THREE_D_SPEAKER_FBANK,
  WESPEAKER_FBANK,
} from '../dsp/kaldi-fbank.ts';
import { NemoMel } from '../dsp/nemo-mel.ts';
import { InvalidInputError } from '../errors.ts';
import type { Tensor } from '../inference/session.ts';

/** Front ends of encoders that take a whole utterance at once, by their names in models/manifest.json. */
export const GRAPH_FRONT_ENDS = ['wespeaker-fbank', '3dspeaker-fbank', 'ecapa-fbank', 'nemo-mel-80'] as const;
export type GraphFrontEnd = (typeof GRAPH_FRONT_ENDS)[number];

/**
 * The front end of this name.
 *
 * @param model whose front end it is, for the message
 * @throws InvalidInputError `invalid_option` where it is none of a speaker encoder
 */
export function encoderFrontEnd(name: string, model: string): GraphFrontEnd {
  const known = GRAPH_FRONT_ENDS.find((frontEnd) => frontEnd === name);
  if (known !== undefined) return known;
  throw new InvalidInputError(
    'invalid_option',
    `The model ${model} has the front end ${name}, which is none of a speaker encoder; choose a model for speaker-embedding.`,
    { details: { option: 'model' } },
  );
}

/** What a graph is fed: its inputs in the order in which the manifest names them. */
export type UtteranceFeatures = readonly Tensor[];

/** NeMo pads to multiples of this many frames; the valid length goes along. */
const NEMO_PAD_FRAMES = 16;

/** @param samples 16 kHz mono in [-1, 1], at least 400 samples */
export function utteranceFeatures(frontEnd: GraphFrontEnd, samples: Float32Array): UtteranceFeatures {
  switch (frontEnd) {
    case 'wespeaker-fbank':
      return kaldiFeatures(WESPEAKER_FBANK, samples);
    case '3dspeaker-fbank':
      return kaldiFeatures(THREE_D_SPEAKER_FBANK, samples);
    case 'ecapa-fbank': {
      const data = ecapaFbank(samples);
      return [{ data, dims: [1, data.length / ECAPA_MEL_COUNT, ECAPA_MEL_COUNT] }];
    }
    case 'nemo-mel-80':
      return nemoFeatures(samples);
  }
}

/** [1, frames, bins], the mean over time subtracted. */
function kaldiFeatures(options: KaldiFbankOptions, samples: Float32Array): UtteranceFeatures {
  const analyzer = planKaldiFbank(options);
  const frameCount = frameCountOf(analyzer, samples.length, 'snip');
  const data = new Float32Array(frameCount * analyzer.binCount);
  analyzeFrames(analyzer, samples, 'snip', data);
  subtractMeanOverTime(data, frameCount, analyzer.binCount);
  return [{ data, dims: [1, frameCount, analyzer.binCount] }];
}

/**
 * [1, bins, frames] with zeros up to a multiple of 16 frames, and how many frames are valid.
 *
 * @see NeMo `FilterbankFeatures.forward`, `pad_to`
 */
function nemoFeatures(samples: Float32Array): UtteranceFeatures {
  const melCount = 80;
  const mel = new NemoMel({ melCount, normalization: 'per-feature', validFrames: 'complete' });
  const frameCount = mel.frameCountOf(samples.length);
  const rows = new Float32Array(melCount * frameCount);
  mel.compute(samples, rows);
  const padded = Math.ceil(frameCount / NEMO_PAD_FRAMES) * NEMO_PAD_FRAMES;
  const data = new Float32Array(melCount * padded);
  for (let row = 0; row < melCount; row++)
    data.set(rows.subarray(row * frameCount, (row + 1) * frameCount), row * padded);
  const length = BigInt64Array.of(BigInt(mel.validFrameCountOf(samples.length)));
  return [
    { data, dims: [1, melCount, padded] },
    { data: length, dims: [1] },
  ];
}
