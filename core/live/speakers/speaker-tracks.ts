/**
 * Follows local speakers from window to window by the speech that neighbouring windows have in common.
 *
 * Two windows half a second apart share 95 % of their sound, so whom one calls 0 and the next calls 2 is nearly always
 * plain. Only a voice that was silent for a whole window has to be recognised by its sound: that is for `VoiceLabels`.
 * (diart recognises every voice of every window anew, from centres alone.)
 */
import { assignLinear } from '../../math/linear-assignment.ts';
import { SAMPLE_RATE } from '../../timeline/sliding-window.ts';

/** Where tracks are kept: frames of 20 ms. */
export const TRACK_FRAME_SAMPLES = 320;

/** Less speech in common says nothing. */
const LEAST_SHARED_FRAMES = 10;
/** A new voice has to be heard for so long. */
const LEAST_NEW_FRAMES = 10;
const NOBODY = -1;
/** Tracks that may be active in one frame. */
const TRACKS_A_FRAME = 2;

/** Where a track is active; frames are half-open and of the stream. */
export type TrackSpan = { readonly track: number; readonly startFrame: number; readonly endFrame: number };

/** Which local speaker of a window is which track. */
export type TrackedLocal = { readonly local: number; readonly track: number; readonly isNew: boolean };

export class SpeakerTracks {
  readonly #windowFrames: number;
  readonly #localCount: number;
  /** Tracks of each frame of the last window, two a frame. */
  #recent: Int32Array;
  #recentEnd = 0;
  #nextTrack = 0;
  #toldFrames = 0;

  constructor(windowSamples: number, localCount: number) {
    this.#windowFrames = windowSamples / TRACK_FRAME_SAMPLES;
    this.#localCount = localCount;
    this.#recent = new Int32Array(TRACKS_A_FRAME * this.#windowFrames).fill(NOBODY);
  }

  /**
   * Takes the next window.
   *
   * @param activity bit s where local speaker s is active, one value a track frame, as many as a window has
   * @param endFrame where the window ends
   */
  follow(activity: Uint8Array, endFrame: number): TrackedLocal[] {
    const before = this.#movedTo(endFrame);
    const shared = this.#sharedFrames(activity, before);
    const linked = this.#link(shared);
    const tracked: TrackedLocal[] = [];
    for (let local = 0; local < this.#localCount; local += 1) {
      const known = linked.get(local);
      if (known !== undefined) tracked.push({ local, track: known, isNew: false });
      else if (activeFrames(activity, local) >= LEAST_NEW_FRAMES)
        tracked.push({ local, track: this.#nextTrack++, isNew: true });
    }
    this.#remember(activity, tracked);
    return tracked;
  }

  /** Where tracks are active from what was told before up to a frame: told once. */
  tell(untilFrame: number): TrackSpan[] {
    const spans: TrackSpan[] = [];
    const open = new Map<number, number>();
    const start = this.#recentEnd - this.#windowFrames;
    const end = Math.min(untilFrame, this.#recentEnd);
    for (let frame = Math.max(this.#toldFrames, start, 0); frame < end; frame += 1) {
      const at = TRACKS_A_FRAME * (frame - start);
      const tracks = this.#recent.subarray(at, at + TRACKS_A_FRAME);
      for (const [track, startFrame] of open) {
        if (tracks.includes(track)) continue;
        spans.push({ track, startFrame, endFrame: frame });
        open.delete(track);
      }
      for (const track of tracks) if (track !== NOBODY && !open.has(track)) open.set(track, frame);
    }
    for (const [track, startFrame] of open) spans.push({ track, startFrame, endFrame: end });
    this.#toldFrames = Math.max(this.#toldFrames, end);
    return spans;
  }

  /** The tracks of the last window, at the places of this one. */
  #movedTo(endFrame: number): Int32Array {
    const moved = new Int32Array(this.#recent.length).fill(NOBODY);
    const shift = TRACKS_A_FRAME * (endFrame - this.#recentEnd);
    if (shift < moved.length) moved.set(this.#recent.subarray(shift));
    this.#recentEnd = endFrame;
    return moved;
  }

  #sharedFrames(activity: Uint8Array, before: Int32Array): Map<number, number>[] {
    const shared = Array.from({ length: this.#localCount }, () => new Map<number, number>());
    for (let frame = 0; frame < activity.length; frame += 1) {
      for (let local = 0; local < this.#localCount; local += 1) {
        if (((activity[frame]! >> local) & 1) === 0) continue;
        for (let place = 0; place < TRACKS_A_FRAME; place += 1) {
          const track = before[TRACKS_A_FRAME * frame + place]!;
          if (track !== NOBODY) shared[local]!.set(track, (shared[local]!.get(track) ?? 0) + 1);
        }
      }
    }
    return shared;
  }

  #link(shared: readonly ReadonlyMap<number, number>[]): Map<number, number> {
    const tracks = [...new Set(shared.flatMap((counts) => [...counts.keys()]))].sort((a, b) => a - b);
    if (tracks.length === 0) return new Map();
    const data = Float64Array.from({ length: shared.length * tracks.length }, (_, index) => {
      const count = shared[Math.floor(index / tracks.length)]!.get(tracks[index % tracks.length]!) ?? 0;
      return count;
    });
    const columns = assignLinear({ data, rows: shared.length, columns: tracks.length }, { maximize: true });
    const linked = new Map<number, number>();
    columns.forEach((column, local) => {
      if (column >= 0 && data[local * tracks.length + column]! >= LEAST_SHARED_FRAMES)
        linked.set(local, tracks[column]!);
    });
    return linked;
  }

  #remember(activity: Uint8Array, tracked: readonly TrackedLocal[]): void {
    this.#recent.fill(NOBODY);
    for (let frame = 0; frame < activity.length; frame += 1) {
      let place = 0;
      for (const { local, track } of tracked) {
        if (place < TRACKS_A_FRAME && ((activity[frame]! >> local) & 1) === 1)
          this.#recent[TRACKS_A_FRAME * frame + place++] = track;
      }
    }
  }
}

/** Seconds at which a track frame begins. */
export function trackFrameSeconds(frame: number): number {
  return (frame * TRACK_FRAME_SAMPLES) / SAMPLE_RATE;
}

function activeFrames(activity: Uint8Array, local: number): number {
  let count = 0;
  for (const bits of activity) count += (bits >> local) & 1;
  return count;
}
