/**
 * Raises recordings whose speech is quiet, before anything listens to them.
 *
 * Networks that find speech and recognise words were trained on speech at a usual level: at -45 dBFS Silero loses half of
 * it and the recogniser errs three times as often (docs/diarization.md). Nothing is held but the first seconds: the level
 * is that of all that was heard so far, and the gain follows it slowly. It falls at once where somebody near the
 * microphone comes after somebody far from it: what is clipped is lost to everything that listens.
 */
import { dot } from '../../math/vector.ts';
import type { ResultWarning } from '../../result/result.ts';
import type { AudioBlocks } from '../waveform.ts';
import { ActiveLevel } from './active-level.ts';
import { SAMPLE_RATE, samplesToSeconds } from '../../timeline/sliding-window.ts';

/** Where speech is raised to: what recordings of speech commonly have, 20 dB below the peaks of loud ones. */
const TARGET_DBFS = -23;
/**
 * Louder speech stays as it is, to the last bit. From -24 to -50 dBFS Silero finds the same speech within 0.4 % and the DER
 * is the same within 0.2 %; at -59 it is 1.3 % and 0.9 %, at -68 25 % and 6 % (docs/diarization.md).
 */
const QUIET_DBFS = -48;
/** The same for recognisers, which hear less well of quiet speech: at -47 dBFS 9.0 % of words are wrong for 5.2 % at -23. */
export const QUIET_TO_RECOGNISERS_DBFS = -33;
/** Quieter than this is no speech that anybody recorded, but the noise of an open input. */
const SILENT_DBFS = -75;
const MOST_GAIN_DB = 40;
/** So much speech tells that a recording is not quiet … */
const FIRST_SPEECH_SECONDS = 2;
/** … so much that it is: before anybody speaks, what stands out of the noise of a room looks like quiet speech … */
const FIRST_QUIET_SECONDS = 10;
/** … and a recording that begins with a pause is not held for longer than this. */
const LONGEST_WAIT_SECONDS = 30;
/** How fast the gain follows the level afterwards: slower than anybody's voice changes. */
const GAIN_DB_A_STEP = 1;
const STEP_SAMPLES = SAMPLE_RATE;
/** Where the loudest fifth of a step would come above this, its peaks would be clipped: they stand 12 dB higher. */
const LOUDEST_DBFS = -12;
const LOUDEST_SHARE = 0.2;
const FRAME_SAMPLES = 400;
/** So soon it falls, from the beginning of the step on that is too loud. */
const FALL_SAMPLES = 320;

/** Raises the speech of one recording, in steps of a second whatever its blocks are. */
export class SpeechRaiser {
  readonly #quietDbfs: number;
  readonly #level = new ActiveLevel();
  #decibels: number | undefined;
  #mostDecibels = 0;

  /**
   * @param quietDbfs louder speech stays as it is
   * @default quietDbfs -48
   */
  constructor(quietDbfs = QUIET_DBFS) {
    this.#quietDbfs = quietDbfs;
  }

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
    const { seconds = 0, dbfs = 0 } = this.#level.measure() ?? {};
    const enough = dbfs > this.#quietDbfs ? FIRST_SPEECH_SECONDS : FIRST_QUIET_SECONDS;
    return seconds >= enough || samplesToSeconds(steps * STEP_SAMPLES) >= LONGEST_WAIT_SECONDS;
  }

  /** In place: the gain moves evenly from where it was to where the level wants it, or as far as it may in a step. */
  #raised(step: Float32Array): Float32Array {
    const wanted = wantedDecibels(this.#level.measure()?.dbfs, this.#quietDbfs);
    const most = Math.max(0, LOUDEST_DBFS - loudnessOf(step));
    const before = this.#decibels ?? wanted;
    const from = Math.min(before, most);
    const to = Math.min(most, from + Math.min(GAIN_DB_A_STEP, Math.max(-GAIN_DB_A_STEP, wanted - from)));
    this.#decibels = to;
    this.#mostDecibels = Math.max(this.#mostDecibels, from, to);
    if (before === 0 && to === 0) return step;
    const [start, first, last] = [before, from, to].map((decibels) => 10 ** (decibels / 20)) as Gains;
    for (let index = 0; index < step.length; index++) {
      const slow = first + ((last - first) * index) / STEP_SAMPLES;
      const gain = slow + (start - first) * Math.max(0, 1 - index / FALL_SAMPLES);
      step[index] = Math.min(1, Math.max(-1, step[index]! * gain));
    }
    return step;
  }
}

/** At the beginning of a step, after it fell, at its end. */
type Gains = [number, number, number];

/** Power of the frame that a fifth of them are as loud as: a click has fewer, a word has more; -120 without a frame. */
function loudnessOf(step: Float32Array): number {
  const powers: number[] = [];
  for (let from = 0; from + FRAME_SAMPLES <= step.length; from += FRAME_SAMPLES) {
    const frame = step.subarray(from, from + FRAME_SAMPLES);
    powers.push(dot(frame, frame) / FRAME_SAMPLES);
  }
  powers.sort((a, b) => b - a);
  return 10 * Math.log10((powers[Math.floor(LOUDEST_SHARE * powers.length)] ?? 0) + 1e-12);
}

/** How much speech of this level is raised by; 0 where it is loud enough, or nothing stands out. */
export function wantedDecibels(dbfs: number | undefined, quietDbfs: number): number {
  if (dbfs === undefined || dbfs > quietDbfs || dbfs < SILENT_DBFS) return 0;
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
