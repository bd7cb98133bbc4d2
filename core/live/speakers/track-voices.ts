/** The voices of the tracks of a window, embedded again as they go on speaking. */
import type { SpeakerEncoder } from '../../embedding/speaker-encoder.ts';
import { samplesToSeconds } from '../../timeline/sliding-window.ts';
import { lastSeconds } from './last-seconds.ts';
import type { HeardWindow } from './live-windows.ts';
import { embedLocal } from './local-voice.ts';
import type { TrackedLocal } from './speaker-tracks.ts';
import type { TrackVoice } from './voice-labels.ts';

/**
 * Only the latest seconds are heard: a track that has drifted to somebody else is noticed while that one speaks. From 3
 * or 4 s voices are noisier, from 10 s a drift shows late: on three-speakers-overlap, without corrections, 10.6, 10.6 and
 * 19.3 % of the speech are told under a wrong label, with 5 and 6 s 6.8 %.
 */
const RECENT_SECONDS = 5;
/** Less speech alone tells nobody apart. */
const LEAST_SECONDS = 0.4;
/** A voice is heard again after so much more speech alone. */
const AGAIN_SECONDS = 0.4;

type Heard = TrackVoice & { readonly atSeconds: number };

export class TrackVoices {
  readonly #encoder: SpeakerEncoder;
  /** Of the tracks of the last window. */
  #heard = new Map<number, Heard>();

  constructor(encoder: SpeakerEncoder) {
    this.#encoder = encoder;
  }

  /** @returns voices, and the tracks that are active but cannot be heard by themselves */
  async hear(
    window: HeardWindow,
    tracked: readonly TrackedLocal[],
  ): Promise<{ readonly voices: TrackVoice[]; readonly unheard: number[] }> {
    const recent = { ...window, activity: lastSeconds(window, RECENT_SECONDS) };
    const heard = new Map<number, Heard>();
    const voices: TrackVoice[] = [];
    const unheard: number[] = [];
    for (const { local, track } of tracked) {
      const before = this.#heard.get(track);
      const isAudible = aloneSeconds(recent, local) >= LEAST_SECONDS;
      const voice = isAudible ? await this.#voiceOf(recent, local, track) : undefined;
      if (voice !== undefined) voices.push(voice);
      else unheard.push(track);
      const kept = voice ?? before;
      if (kept !== undefined) heard.set(track, kept);
    }
    this.#heard = heard;
    return { voices, unheard };
  }

  async #voiceOf(window: HeardWindow, local: number, track: number): Promise<Heard | undefined> {
    const before = this.#heard.get(track);
    const atSeconds = samplesToSeconds(window.endSample);
    const since = { ...window, activity: lastSeconds(window, atSeconds - (before?.atSeconds ?? 0)) };
    const newSeconds = aloneSeconds(since, local);
    const known = before && { ...before, newSeconds: 0 };
    if (known !== undefined && newSeconds < AGAIN_SECONDS) return known;
    const embedded = await embedLocal(this.#encoder, window.geometry, window, local);
    if (embedded === undefined) return known;
    const vector = Float64Array.from(embedded);
    return { track, vector, aloneSeconds: aloneSeconds(window, local), newSeconds, atSeconds };
  }
}

function aloneSeconds(
  { activity, geometry }: Pick<HeardWindow, 'activity' | 'geometry'>,
  local: number,
): number {
  const frames = activity.reduce((count, bits) => count + (bits === 1 << local ? 1 : 0), 0);
  return frames * geometry.frameGrid.stepSeconds;
}
