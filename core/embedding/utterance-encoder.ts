/** What turns a stretch of one person's speech into a vector, whatever network it is. */

/** Vectors of a stretch of speech, all of one space. */
export type EmbeddedSpeech = {
  /** [dimension]; the plain mean of the network's windows, not of unit length in general. */
  readonly mean: Float64Array;
  /** The windows that the network heard, in samples of the stretch, each with its own vector. */
  readonly windows: readonly EmbeddedWindow[];
};

export type EmbeddedWindow = {
  readonly startSample: number;
  /** At most the length of the stretch. */
  readonly endSample: number;
  readonly vector: Float32Array;
};

/** A speaker encoder for utterances: joined speech in, one vector out. Stateless between calls. */
export type UtteranceEncoder = {
  readonly modelId: string;
  readonly dimension: number;
  /**
   * Longer speech is cut into stretches of this length, so that memory stays bounded; up to one and a half times as
   * much is embedded in one piece.
   */
  readonly stretchSamples: number;
  /**
   * @param samples 16 kHz mono, at least 400 samples; left as they are
   * @throws ModelError `model_shape_mismatch`, `inference_failed`
   */
  embed(samples: Float32Array): Promise<EmbeddedSpeech>;
};
