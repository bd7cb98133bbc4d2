/** A frame as the decoder announces it, before its samples come. */
export type DecodedFrame = {
  /** When it is to be heard, in samples of `sampleRate`; `undefined` without a time stamp. */
  readonly startSample: number | undefined;
  readonly sampleCount: number;
  readonly sampleRate: number;
  /** What was said about damage since the frame before. */
  readonly faults: FrameFaults;
};

export type FrameFaults = {
  /** Complaints of the decoder of this sound. */
  readonly decoder: number;
  /** Its complaints about bytes that are no frames; between the parts of joined MP3 files they are tags. */
  readonly junk: number;
  /** Complaints of whatever reads the container; they may be about its picture. It reads ahead of the decoder. */
  readonly container: number;
};

export const NO_FAULTS: FrameFaults = Object.freeze({ decoder: 0, junk: 0, container: 0 });

/** Frames in order, as they become known. */
export type FrameSource = {
  /** The next frame; `undefined` after the last. */
  readonly next: () => Promise<DecodedFrame | undefined>;
  /** The one after the frame that `next` gave last, without taking it. */
  readonly peek: () => Promise<DecodedFrame | undefined>;
};
