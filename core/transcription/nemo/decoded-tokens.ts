/** What a NeMo decoder wrote for one row of a batch. All arrays are as long as `tokens`. */
export type NemoTokens = {
  /** Without blanks. */
  readonly tokens: readonly number[];
  /** Encoder frame at which each token appeared. */
  readonly frames: readonly number[];
  /** First frame after each token: of its run (CTC), of its duration (TDT), else the next one. */
  readonly endFrames: readonly number[];
  /** Natural log of the probability; over a run of frames (CTC) the sum. */
  readonly logProbs: readonly number[];
  /** Frames that `logProbs` sums over. */
  readonly frameCounts: readonly number[];
};
