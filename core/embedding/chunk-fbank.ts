/** Fbank features of chunks, computed once for the whole recording and centred chunk by chunk. */
import { planKaldiFbank, subtractMeanOverTime, type KaldiFbankOptions } from '../dsp/kaldi-fbank.ts';
import { InvariantError } from '../errors.ts';
import { FrameHistory } from './frame-history.ts';

export const FBANK_HOP_SAMPLES = 160;
export const FBANK_WINDOW_SAMPLES = 400;

export class ChunkFbank {
  readonly binCount: number;
  readonly #frames: FrameHistory;
  readonly #chunkSamples: number;

  constructor(frontEnd: KaldiFbankOptions, chunkSamples: number) {
    this.#frames = new FrameHistory(planKaldiFbank(frontEnd), 'snip');
    this.#chunkSamples = chunkSamples;
    this.binCount = this.#frames.binCount;
  }

  push(block: Float32Array): void {
    this.#frames.push(block);
  }

  /** Chunks reach past the end, and so may a stretch after the last one: they hear zeros there. */
  finish(): void {
    const silence = new Float32Array(this.#chunkSamples);
    this.#frames.push(silence);
    this.#frames.push(silence);
    this.#frames.finish();
  }

  /** The fbank frame that begins with this sample. */
  frameAt(startSample: number): number {
    const frame = startSample / FBANK_HOP_SAMPLES;
    if (!Number.isInteger(frame)) throw new InvariantError('Chunks must start on a 10 ms grid.');
    return frame;
  }

  dropBefore(frame: number): void {
    this.#frames.dropBefore(frame);
  }

  /**
   * Copies `frameCount` frames and subtracts their mean over time.
   *
   * @param out [frameCount, binCount], row-major; overwritten
   */
  copyCentred(firstFrame: number, frameCount: number, out: Float32Array): void {
    for (let frame = 0; frame < frameCount; frame++) {
      this.#frames.copyFrame(firstFrame + frame, 1, out, frame * this.binCount);
    }
    subtractMeanOverTime(out, frameCount, this.binCount);
  }
}

/** Fbank frames of a chunk on its own: 998 for 10 s. */
export function fbankFramesOf(chunkSamples: number): number {
  return Math.floor((chunkSamples - FBANK_WINDOW_SAMPLES) / FBANK_HOP_SAMPLES) + 1;
}
