import type { PcmStream } from '../pcm-stream.ts';
import { maxBlockFrames } from '../pcm-stream.ts';
import type { Placement, RecordingClock } from './recording-clock.ts';
import type { DecodedFrame, FrameSource } from './decoded-frame.ts';

/** Told of each frame as it is placed, with the position of its first sample. */
export type OnPlaced = (frame: DecodedFrame, placement: Placement, atSample: number) => void;

/**
 * The samples of a recording at their places: silence where there is none, nothing twice.
 *
 * @param pcm decoded frames one after the other, as `frames` announces them; each block is overwritten by the next
 * @param frames announced before their samples; samples beyond them follow without a break
 */
export async function* placeFrames(
  pcm: PcmStream,
  frames: FrameSource,
  clock: RecordingClock,
  onPlaced: OnPlaced = () => undefined,
): AsyncGenerator<Float32Array> {
  const { channels } = pcm;
  const silence = new Float32Array(maxBlockFrames(pcm.sampleRate, channels) * channels);
  /** Samples of a channel that the frame under way still has, and how many of them are dropped. */
  let [left, dropped] = [0, 0];
  for await (const block of pcm.blocks) {
    const length = block.length / channels;
    /** From here on, what was read is not passed on yet. */
    let pending = 0;
    for (let at = 0; at < length;) {
      if (left === 0) {
        const before = clock.position;
        const frame = await frames.next();
        if (frame === undefined) break;
        const placement = clock.place(frame, clock.isJump(frame) ? await frames.peek() : undefined);
        onPlaced(frame, placement, before + placement.silence);
        left = clock.position - before - placement.silence + placement.drop;
        dropped = placement.drop;
        if (placement.silence > 0 || dropped > 0) {
          if (at > pending) yield block.subarray(pending * channels, at * channels);
          pending = at;
          yield* zeros(silence, placement.silence * channels);
        }
        if (left === 0) continue;
      }
      const count = Math.min(left, length - at);
      at += count;
      left -= count;
      if (dropped > 0) {
        // What is dropped leads the frame: only then is nothing pending.
        const lost = Math.min(dropped, count);
        dropped -= lost;
        pending += lost;
      }
    }
    if (pending < length) yield block.subarray(pending * channels, length * channels);
  }
}

function* zeros(silence: Float32Array, count: number): Generator<Float32Array> {
  for (let left = count; left > 0; left -= silence.length) {
    // The receiver may write into a block that it is given.
    yield silence.subarray(0, Math.min(left, silence.length)).fill(0);
  }
}
