/** The voices of the tracks of a window. */
import type { VoiceOf } from '../../embedding/speaker-encoder.ts';
import { samplesToSeconds } from '../../timeline/sliding-window.ts';
import { activityOfLast } from '../../embedding/stream-voices.ts';
import type { TrackVoice } from './known-voices.ts';
import type { HeardWindow } from './live-windows.ts';
import type { TrackedLocal } from './speaker-tracks.ts';

/** Only the latest seconds are heard: a track that has drifted to somebody else is noticed while that one speaks. */
const RECENT_SECONDS = 3;
/** Less speech alone tells nobody apart. */
const LEAST_SECONDS = 0.4;

/** A voice is heard again after so much more speech alone. */
const AGAIN_SECONDS = 0.05;

type Heard = TrackVoice & { readonly atSeconds: number };

export class TrackVoices {
  /** Of the tracks of the last window. */
  #heard = new Map<number, Heard>();

  /** @returns voices, and the tracks that are active but cannot be heard by themselves */
  async hear(
    window: HeardWindow,
    tracked: readonly TrackedLocal[],
    voiceOf: VoiceOf,
  ): Promise<{ readonly voices: TrackVoice[]; readonly unheard: number[] }> {
    const heard = new Map<number, Heard>();
    const voices: TrackVoice[] = [];
    const unheard: number[] = [];
    for (const { local, track } of tracked) {
      const voice = await this.#voiceOf(window, local, track, voiceOf);
      if (voice !== undefined) voices.push(voice);
      else unheard.push(track);
      const kept = voice ?? this.#heard.get(track);
      if (kept !== undefined) heard.set(track, kept);
    }
    this.#heard = heard;
    return { voices, unheard };
  }

  async #voiceOf(
    window: HeardWindow,
    local: number,
    track: number,
    voiceOf: VoiceOf,
  ): Promise<Heard | undefined> {
    const recentSeconds = aloneSeconds(window, local, RECENT_SECONDS);
    if (recentSeconds < LEAST_SECONDS) return undefined;
    const before = this.#heard.get(track);
    const atSeconds = samplesToSeconds(window.endSample);
    const newSeconds = aloneSeconds(window, local, atSeconds - (before?.atSeconds ?? 0));
    if (newSeconds < AGAIN_SECONDS) return undefined;
    const embedded = await voiceOf(local, RECENT_SECONDS);
    if (embedded === undefined) return undefined;
    const vector = Float64Array.from(embedded);
    return { track, vector, aloneSeconds: recentSeconds, newSeconds, atSeconds };
  }
}

function aloneSeconds({ activity, geometry }: HeardWindow, local: number, seconds: number): number {
  const alone = 1 << local;
  const frames = activityOfLast(activity, geometry, seconds).reduce(
    (count, bits) => count + (bits === alone ? 1 : 0),
    0,
  );
  return frames * geometry.frameGrid.stepSeconds;
}
