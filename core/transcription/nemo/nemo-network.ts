import { ModelError } from '../../errors.ts';
import type { Session, Tensor } from '../../inference/session.ts';
import { decodeCtc } from './decode-ctc.ts';
import type { NemoTokens } from './decoded-tokens.ts';
import type { NemoFeatures } from './nemo-features.ts';
import type { NemoVocabulary } from './nemo-vocabulary.ts';
import type { TransducerDecoder } from './transducer-decoder.ts';
import { countsOutput, floatOutput } from '../../inference/model-output.ts';

/** Features in, tokens out: one per row, whatever the decoder. */
export type NemoNetwork = {
  /** @throws CanceledError; ModelError `model_shape_mismatch` */
  decode(features: NemoFeatures, signal: AbortSignal | undefined): Promise<NemoTokens[]>;
  release(): Promise<void>;
};

/** A CTC model: one graph from features to log-probabilities. */
export function ctcNetwork(session: Session, vocabulary: NemoVocabulary, subsampling: number): NemoNetwork {
  return {
    decode: async (features) => {
      const outputs = await session.run(featureFeeds(features), ['logprobs']);
      const { data, dims } = floatOutput(outputs, 'logprobs', session.model);
      const [, frames, labels] = dims as [number, number, number];
      if (labels !== vocabulary.size) {
        throw new ModelError(
          'model_shape_mismatch',
          `The graph of ${session.model.id} knows ${labels} labels, its vocabulary has ${vocabulary.size} pieces; these files do not belong together.`,
          { details: { model: session.model.id } },
        );
      }
      return features.lengths.map((length, row) => {
        // The graph gives no lengths; this is how its convolutions count.
        const frameCount = Math.min(Math.floor((length - 1) / subsampling) + 1, frames);
        const rowData = data.subarray(row * frames * labels, (row + 1) * frames * labels);
        return decodeCtc(rowData, labels, frameCount, vocabulary.blank);
      });
    },
    release: () => session.release(),
  };
}

/** A transducer: an encoder for the whole batch, then one row after the other. */
export function transducerNetwork(encoder: Session, decoder: TransducerDecoder): NemoNetwork {
  return {
    decode: async (features, signal) => {
      const outputs = await encoder.run(featureFeeds(features), ['outputs', 'encoded_lengths']);
      const { data, dims } = floatOutput(outputs, 'outputs', encoder.model);
      const [, channels, columns] = dims as [number, number, number];
      const lengths = countsOutput(outputs, 'encoded_lengths', encoder.model);
      const decoded: NemoTokens[] = [];
      for (const [row, frameCount] of lengths.entries()) {
        const rowData = data.subarray(row * channels * columns, (row + 1) * channels * columns);
        const encoded = { data: rowData, channels, columns, frameCount: Math.min(frameCount, columns) };
        decoded.push(await decoder.decode(encoded, signal));
      }
      return decoded;
    },
    release: async () => {
      await Promise.all([encoder.release(), decoder.release()]);
    },
  };
}

function featureFeeds({ data, melCount, columns, lengths }: NemoFeatures): Record<string, Tensor> {
  return {
    audio_signal: { data, dims: [lengths.length, melCount, columns] },
    length: { data: BigInt64Array.from(lengths, BigInt), dims: [lengths.length] },
  };
}
