/**
 * Raises recordings whose speech is quiet, before anything listens to them.
 *
 * Networks that find speech and recognise words were trained on speech at a usual level: at -45 dBFS Silero loses half of
 * it and the recogniser errs three times as often (docs/diarization.md). Nothing is held but the first seconds: the level
 * is that of all that was heard so far, and the gain follows it slowly.
 */
import type { ResultWarning } from '../../result/result.ts';
import type { AudioBlocks } from '../waveform.ts';
import { ActiveLevel } from './active-level.ts';
import { SAMPLE_RATE, samplesToSeconds } from '../../timeline/sliding-window.ts';

/** Where speech is raised to: what recordings of speech commonly have, 20 dB below the peaks of loud ones. */
const TARGET_DBFS = -23;
/** Louder speech stays as it is, to the last bit: 10 dB more or less do not matter to the networks. */
const QUIET_DBFS = -33;
/** Quieter than this is no speech that anybody recorded, but the noise of an open input. */
const SILENT_DBFS = -75;
const MOST_GAIN_DB = 40;
/** So much speech tells the level well enough to begin with … */
const FIRST_SPEECH_SECONDS = 2;
/** … and a recording that begins with a pause is not held for longer than this. */
const LONGEST_WAIT_SECONDS = 30;
/** How fast the gain follows the level afterwards: slower than anybody's voice changes. */
const GAIN_DB_A_STEP = 1;
const STEP_SAMPLES = SAMPLE_RATE;

/** Raises the speech of one recording, in steps of a second whatever its blocks are. */
export class SpeechRaiser {
  readonly #level = new ActiveLevel();
  #decibels: number | undefined;
  #mostDecibels = 0;

  /** What a result says of it; nothing where the recording is as it came. */
  get warnings(): ResultWarning[] {
    const decibels = Math.round(this.#mostDecibels);
    if (decibels === 0) return [];
    const message = `The speech of the recording is quiet; it was raised by up to ${decibels} dB before it was listened to.`;
    return [{ code: 'quiet_recording', message }];
  }

  /** The same recording, its speech at a usual level; once. Blocks are of a second. */
  async *raise(blocks: AudioBlocks): AsyncGenerator<Float32Array> {
    const waiting: Float32Array[] = [];
    for await (const step of inSteps(blocks)) {
      this.#level.push(step);
      waiting.push(step);
      if (this.#decibels === undefined && !this.#knowsEnough(waiting.length)) continue;
      for (const heard of waiting.splice(0)) yield this.#raised(heard);
    }
    for (const heard of waiting) yield this.#raised(heard);
  }

  #knowsEnough(steps: number): boolean {
    const { seconds = 0 } = this.#level.measure() ?? {};
    return seconds >= FIRST_SPEECH_SECONDS || samplesToSeconds(steps * STEP_SAMPLES) >= LONGEST_WAIT_SECONDS;
  }

  /** In place: the gain moves evenly from where it was to where the level wants it, or as far as it may in a step. */
  #raised(step: Float32Array): Float32Array {
    const wanted = wantedDecibels(this.#level.measure()?.dbfs);
    const from = this.#decibels ?? wanted;
    const to = from + Math.min(GAIN_DB_A_STEP, Math.max(-GAIN_DB_A_STEP, wanted - from));
    this.#decibels = to;
    this.#mostDecibels = Math.max(this.#mostDecibels, from, to);
    if (from === 0 && to === 0) return step;
    const [first, last] = [10 ** (from / 20), 10 ** (to / 20)];
    for (let index = 0; index < step.length; index++) {
      const gain = first + ((last - first) * index) / STEP_SAMPLES;
      step[index] = Math.min(1, Math.max(-1, step[index]! * gain));
    }
    return step;
  }
}

/** How much speech of this level is raised by; 0 where it is loud enough, or nothing stands out. */
export function wantedDecibels(dbfs: number | undefined): number {
  if (dbfs === undefined || dbfs > QUIET_DBFS || dbfs < SILENT_DBFS) return 0;
  return Math.min(MOST_GAIN_DB, TARGET_DBFS - dbfs);
}

/** The same samples in pieces of a second, the last one shorter. */
async function* inSteps(blocks: AudioBlocks): AsyncGenerator<Float32Array> {
  let step = new Float32Array(STEP_SAMPLES);
  let filled = 0;
  for await (const block of blocks) {
    for (let taken = 0; taken < block.length;) {
      const part = block.subarray(taken, taken + STEP_SAMPLES - filled);
      step.set(part, filled);
      filled += part.length;
      taken += part.length;
      if (filled < STEP_SAMPLES) continue;
      yield step;
      step = new Float32Array(STEP_SAMPLES);
      filled = 0;
    }
  }
  if (filled > 0) yield step.subarray(0, filled);
}
