import type { Session } from '../../inference/session.ts';
import { NemoMel, PARAKEET_MEL } from '../../dsp/nemo-mel.ts';
import { largestOf } from '../../math/extremes.ts';
import { countsOutput, floatOutput } from '../../inference/model-output.ts';

/** Features of several pieces: [pieces, melCount, columns], zero behind each piece's length. */
export type NemoFeatures = {
  readonly data: Float32Array;
  readonly melCount: number;
  readonly columns: number;
  /** Columns that count, by piece. */
  readonly lengths: readonly number[];
};

/** Turns pieces of 16 kHz mono into features. */
export type NemoFrontEnd = {
  compute(pieces: readonly Float32Array[]): Promise<NemoFeatures>;
  release(): Promise<void>;
};

/** Our own mel spectrogram, equal to NeMo's. */
export function ownFrontEnd(melCount: 80 | 128): NemoFrontEnd {
  const mel = new NemoMel({ ...PARAKEET_MEL, melCount });
  return {
    compute: (pieces) => Promise.resolve(computeMel(mel, pieces)),
    release: () => Promise.resolve(),
  };
}

function computeMel(mel: NemoMel, pieces: readonly Float32Array[]): NemoFeatures {
  const { melCount } = mel.options;
  const columns = largestOf(pieces.map(({ length }) => mel.frameCountOf(length)));
  const data = new Float32Array(pieces.length * melCount * columns);
  pieces.forEach((piece, index) => {
    const own = mel.frameCountOf(piece.length);
    const features = new Float32Array(melCount * own);
    mel.compute(piece, features);
    for (let row = 0; row < melCount; row++) {
      data.set(features.subarray(row * own, (row + 1) * own), (index * melCount + row) * columns);
    }
  });
  return { data, melCount, columns, lengths: pieces.map(({ length }) => mel.validFrameCountOf(length)) };
}

/** A graph that computes features, `nemo80.onnx` or `nemo128.onnx` of onnx-asr. */
export function graphFrontEnd(session: Session): NemoFrontEnd {
  return {
    compute: async (pieces) => {
      const most = largestOf(pieces.map(({ length }) => length));
      const waveforms = new Float32Array(pieces.length * most);
      pieces.forEach((piece, index) => waveforms.set(piece, index * most));
      const outputs = await session.run({
        waveforms: { data: waveforms, dims: [pieces.length, most] },
        waveforms_lens: {
          data: BigInt64Array.from(pieces, ({ length }) => BigInt(length)),
          dims: [pieces.length],
        },
      });
      const { data, dims } = floatOutput(outputs, 'features', session.model);
      return {
        data,
        melCount: dims[1]!,
        columns: dims[2]!,
        lengths: countsOutput(outputs, 'features_lens', session.model),
      };
    },
    release: () => session.release(),
  };
}
