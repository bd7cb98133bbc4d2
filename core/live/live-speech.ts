import type { Session } from '../inference/session.ts';
import type { LiveEvent } from '../result/live/live-events.ts';
import { SAMPLE_RATE, samplesToSeconds } from '../timeline/sliding-window.ts';
import { SileroVad } from '../vad/silero.ts';
import { VAD_CHUNK_SAMPLES } from '../vad/vad-chunk.ts';

/** As in Silero's own iterator: speech begins at one threshold and ends below a lower one. */
const ONSET = 0.5;
const OFFSET = 0.35;
/** A dip that is shorter is within a word. */
const LEAST_SILENCE_SAMPLES = 0.1 * SAMPLE_RATE;

/** Whether somebody speaks, told as soon as it is heard: within 32 ms of a start, 0.1 s of an end. */
export class LiveSpeech {
  readonly #vad: SileroVad;
  readonly #endpointSamples: number;
  #nextSample = 0;
  #isSpeech = false;
  #silenceStart: number | undefined;
  #endedAt: number | undefined;
  #speechStart: number | undefined;
  #lastSpeechEnd = 0;

  constructor(vad: Session, endpointSilenceSeconds: number) {
    this.#vad = new SileroVad(vad);
    this.#endpointSamples = endpointSilenceSeconds * SAMPLE_RATE;
  }

  /** Where the speech that goes on began. */
  get speechStartSample(): number | undefined {
    return this.#isSpeech ? this.#speechStart : undefined;
  }

  /** Where somebody was last heard to speak. */
  get lastSpeechEndSample(): number {
    return this.#isSpeech ? this.#nextSample : this.#lastSpeechEnd;
  }

  async push(block: Float32Array): Promise<LiveEvent[]> {
    const events: LiveEvent[] = [];
    for (const probability of await this.#vad.push(block)) this.#follow(probability, events);
    return events;
  }

  #follow(probability: number, events: LiveEvent[]): void {
    const start = this.#nextSample;
    this.#nextSample += VAD_CHUNK_SAMPLES;
    if (probability >= ONSET) {
      this.#silenceStart = undefined;
      this.#endedAt = undefined;
      if (this.#isSpeech) return;
      this.#isSpeech = true;
      this.#speechStart = start;
      events.push({ type: 'speech', state: 'start', atSeconds: samplesToSeconds(start) });
      return;
    }
    if (this.#isSpeech && probability < OFFSET) {
      this.#silenceStart ??= start;
      if (this.#nextSample - this.#silenceStart >= LEAST_SILENCE_SAMPLES)
        this.#endSpeech(this.#silenceStart, events);
    }
    if (this.#endedAt !== undefined && this.#nextSample - this.#endedAt >= this.#endpointSamples) {
      events.push({ type: 'endpoint', atSeconds: samplesToSeconds(this.#endedAt), reason: 'silence' });
      this.#endedAt = undefined;
    }
  }

  #endSpeech(at: number, events: LiveEvent[]): void {
    this.#isSpeech = false;
    this.#silenceStart = undefined;
    this.#endedAt = at;
    this.#lastSpeechEnd = at;
    events.push({ type: 'speech', state: 'end', atSeconds: samplesToSeconds(at) });
  }
}
