/** Enrolled voices while people speak: who a label is, and whose voice the last seconds are. */
import { activityOfLast } from '../../embedding/stream-voices.ts';
import type { VoiceOf } from '../../embedding/speaker-encoder.ts';
import type { LiveEvent, LiveVoiceState } from '../../result/live/live-events.ts';
import type { DiarizationResult } from '../../result/result.ts';
import { samplesToSeconds } from '../../timeline/sliding-window.ts';
import { type NamedVector, VoiceIndex } from '../../verification/identify.ts';
import { nameDiarizedSpeakers } from '../../verification/name-diarized-speakers.ts';
import type { VoiceScorer } from '../../verification/scores/voice-scorer.ts';
import type { HeardWindow } from './live-windows.ts';

/** A name is given when it was the best so often in a row: the first seconds of a voice are noisy. */
const TIMES_TO_NAME = 2;
const RECENT_SECONDS = 3;
const NOW_SECONDS = 1;
/** So much of the speech of the last second makes it overlap. */
const OVERLAP_SHARE = 0.5;
const LEAST_SPEECH_SECONDS = 0.2;

export class LiveVoices {
  readonly #voices: readonly NamedVector[];
  readonly #scorer: VoiceScorer;
  readonly #index: VoiceIndex | undefined;
  readonly #counts = new Map<string, { readonly voice: string; readonly times: number }>();
  readonly #named = new Map<string, string>();

  /** @throws InvalidInputError `embedding_space_mismatch`, `invalid_file`, `invalid_option` (names) */
  constructor(voices: readonly NamedVector[], scorer: VoiceScorer) {
    this.#voices = voices;
    this.#scorer = scorer;
    this.#index = voices.length === 0 ? undefined : new VoiceIndex(scorer, voices);
  }

  /** Names labels whose voice is one of the enrolled ones, by their centres so far. */
  name(centres: ReadonlyMap<string, Float32Array>): LiveEvent[] {
    if (this.#voices.length === 0 || centres.size === 0) return [];
    const found = nameDiarizedSpeakers(centres, this.#voices, this.#scorer);
    const best = new Map(found.map((name) => [name.label, name.voice]));
    const events: LiveEvent[] = [];
    for (const label of centres.keys()) {
      const voice = best.get(label);
      if (voice === undefined) {
        this.#counts.delete(label);
        continue;
      }
      const before = this.#counts.get(label);
      const times = before?.voice === voice ? before.times + 1 : 1;
      this.#counts.set(label, { voice, times });
      if (times < TIMES_TO_NAME || this.#named.get(label) === voice) continue;
      this.#named.set(label, voice);
      events.push({ type: 'speaker', speaker: label, change: 'named', name: voice });
    }
    return events;
  }

  /**
   * Names that the whole recording gives and that were not told before.
   *
   * @param speakers of the result
   * @param labels the shown label of each label of the result
   */
  settle(
    speakers: DiarizationResult['speakers'],
    labels: ReadonlyMap<string, string>,
  ): Extract<LiveEvent, { type: 'speaker' }>[] {
    return speakers.flatMap(({ label, name }) => {
      const speaker = labels.get(label);
      if (name === undefined || speaker === undefined || this.#named.get(speaker) === name) return [];
      return [{ type: 'speaker', speaker, change: 'named', name }];
    });
  }

  /** Whose voice the end of a window is. */
  async verify(window: HeardWindow, voiceOf: VoiceOf): Promise<LiveEvent> {
    const atSeconds = samplesToSeconds(window.endSample);
    const { state, local } = whoSpeaks(window);
    if (local === undefined || this.#index === undefined)
      return { type: 'verify', atSeconds, state, scores: [] };
    const vector = await voiceOf(local, RECENT_SECONDS);
    if (vector === undefined) return { type: 'verify', atSeconds, state: 'unknown', scores: [] };
    const recent = activityOfLast(window.activity, window.geometry, RECENT_SECONDS);
    const aloneFrames = recent.reduce((count, bits) => count + (bits === 1 << local ? 1 : 0), 0);
    const seconds = aloneFrames * window.geometry.frameGrid.stepSeconds;
    const { voice, candidates } = this.#index.identify(this.#scorer.prepareCentred(vector, seconds));
    const scores = candidates.map(({ voice: name, score, probability }) => ({ name, score, probability }));
    if (voice === null) return { type: 'verify', atSeconds, state: 'unknown', scores };
    const { probability } = candidates[0]!;
    return { type: 'verify', atSeconds, state: 'voice', name: voice, probability, scores };
  }
}

function whoSpeaks(window: HeardWindow): { state: LiveVoiceState; local: number | undefined } {
  const now = activityOfLast(window.activity, window.geometry, NOW_SECONDS);
  const counts = new Map<number, number>();
  let [active, together] = [0, 0];
  for (const bits of now) {
    if (bits === 0) continue;
    active += 1;
    if ((bits & (bits - 1)) !== 0) together += 1;
    else counts.set(bits, (counts.get(bits) ?? 0) + 1);
  }
  if (active * window.geometry.frameGrid.stepSeconds < LEAST_SPEECH_SECONDS)
    return { state: 'silence', local: undefined };
  if (together > OVERLAP_SHARE * active || counts.size === 0) return { state: 'overlap', local: undefined };
  const [bits] = [...counts].reduce((most, entry) => (entry[1] > most[1] ? entry : most));
  return { state: 'unknown', local: Math.log2(bits) };
}
