import { ActiveLevel } from '../audio/level/active-level.ts';
import { QUIET_TO_RECOGNISERS_DBFS, wantedDecibels } from '../audio/level/quiet-speech.ts';

/** So much speech tells its level well enough to raise it. */
const LEAST_SPEECH_SECONDS = 0.5;

/**
 * Raises quiet speech as `SpeechRaiser` does, without waiting: what is heard before the level is known stays as it came.
 */
export class LiveGain {
  readonly #level = new ActiveLevel();
  #gain = 1;
  #untilMeasured = 0;

  /** A fresh array. */
  raised(block: Float32Array): Float32Array {
    this.#level.push(block);
    this.#untilMeasured -= block.length;
    if (this.#untilMeasured <= 0) {
      this.#untilMeasured = 8_000;
      const { dbfs, seconds = 0 } = this.#level.measure() ?? {};
      if (seconds >= LEAST_SPEECH_SECONDS)
        this.#gain = 10 ** (wantedDecibels(dbfs, QUIET_TO_RECOGNISERS_DBFS) / 20);
    }
    const gain = this.#gain;
    return gain === 1 ? block.slice() : block.map((sample) => Math.min(1, Math.max(-1, sample * gain)));
  }
}

/** RMS of the sound since the last question, in dBFS; null for digital silence and for nothing. */
export class LiveLevel {
  #sum = 0;
  #count = 0;

  push(block: Float32Array): void {
    for (const sample of block) this.#sum += sample * sample;
    this.#count += block.length;
  }

  take(): number | null {
    const mean = this.#count === 0 ? 0 : this.#sum / this.#count;
    this.#sum = 0;
    this.#count = 0;
    return mean === 0 ? null : 10 * Math.log10(mean);
  }
}
