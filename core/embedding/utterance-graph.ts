/** Encoders whose graph takes the features of a whole utterance: WeSpeaker, CAM++, ERes2Net, ECAPA, TitaNet. */
import { ModelError } from '../errors.ts';
import type { Session } from '../inference/session.ts';
import type { EmbeddedSpeech, UtteranceEncoder } from './utterance-encoder.ts';
import { type GraphFrontEnd, utteranceFeatures } from './utterance-front-end.ts';
import { secondsToSamples } from '../timeline/sliding-window.ts';

export type UtteranceGraphOptions = {
  readonly frontEnd: GraphFrontEnd;
  readonly dimension: number;
  /**
   * Speech in one run. Activations of ResNet34 grow by 10 MB a second, and beyond 20 s an embedding hardly changes.
   */
  readonly stretchSeconds: number;
};

export const DEFAULT_STRETCH_SECONDS = 20;

/** A graph as an `UtteranceEncoder`; see the file's head. */
export class UtteranceGraph implements UtteranceEncoder {
  readonly modelId: string;
  readonly dimension: number;
  readonly stretchSamples: number;
  readonly #session: Session;
  readonly #frontEnd: GraphFrontEnd;

  constructor(
    session: Session,
    options: Pick<UtteranceGraphOptions, 'frontEnd' | 'dimension'> & Partial<UtteranceGraphOptions>,
  ) {
    this.modelId = session.model.id;
    this.dimension = options.dimension;
    this.stretchSamples = secondsToSamples(options.stretchSeconds ?? DEFAULT_STRETCH_SECONDS);
    this.#session = session;
    this.#frontEnd = options.frontEnd;
  }

  async embed(samples: Float32Array): Promise<EmbeddedSpeech> {
    const vector = await this.#run(samples);
    return {
      mean: Float64Array.from(vector),
      windows: [{ startSample: 0, endSample: samples.length, vector }],
    };
  }

  async #run(samples: Float32Array): Promise<Float32Array> {
    const { id, inputs, outputs } = this.#session.model;
    const features = utteranceFeatures(this.#frontEnd, samples);
    if (inputs.length !== features.length) {
      throw new ModelError(
        'model_shape_mismatch',
        `Expected ${id} to take ${features.length} inputs for the front end ${this.#frontEnd}, its entry in the manifest names ${inputs.length}.`,
      );
    }
    // Classifiers come with their logits first: the embedding is the last output that the manifest names.
    const output = outputs.at(-1) ?? this.#session.outputNames.at(-1)!;
    const feeds = Object.fromEntries(inputs.map((name, index) => [name, features[index]!]));
    const { data } = (await this.#session.run(feeds, [output]))[output]!;
    if (data instanceof Float32Array && data.length === this.dimension) return data;
    throw new ModelError(
      'model_shape_mismatch',
      `Expected ${id} to answer ${this.dimension} float32, got ${data.length} values.`,
    );
  }
}
