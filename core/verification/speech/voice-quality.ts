/** How good a sample of a voice is, and whether it is good enough. */
import { InvalidInputError } from '../../errors.ts';
import type { LabeledAudio } from './labeled-audio.ts';
import { QUALITY_REASONS, type QualityReason, type VoiceQuality } from '../../result/voice-terms.ts';
import { samplesToSeconds } from '../../timeline/sliding-window.ts';

/** What a sample must be like to be taken. */
export type QualityLimits = {
  /** @default 0.5 s; 3 s to enrol */
  readonly minSpeechSeconds: number;
  /** @default 0 dB; 6 dB to enrol */
  readonly minSnrDb: number;
  /** @default 0.1; 0.02 to enrol */
  readonly maxClippedFraction: number;
  /** @default -65 dBFS; -55 dBFS to enrol */
  readonly minLevelDbfs: number;
  /** Of all time in which somebody speaks. @default 0.3; 0.15 to enrol */
  readonly maxOverlapShare: number;
  /**
   * Of the speech: what stretches of 10 s hold of a second voice. Only segmentation tells voices apart.
   *
   * @default 0.2; 0.1 to enrol
   */
  readonly maxOtherSpeakerShare: number;
};

/** Limits for a sample that is compared: what is worse says more about the recording than about the voice. */
export const DEFAULT_QUALITY_LIMITS: QualityLimits = Object.freeze({
  // Half a second is a third of what GE2E hears at once; docs/speakers.md shows how errors grow below 3 s.
  minSpeechSeconds: 0.5,
  minSnrDb: 0,
  maxClippedFraction: 0.1,
  // 16 bits end at -96 dBFS; speech at -65 has five of them left.
  minLevelDbfs: -65,
  maxOverlapShare: 0.3,
  maxOtherSpeakerShare: 0.2,
});

/** Limits for a sample that is enrolled: it is compared many times, so a better one is worth asking for. */
export const ENROLLMENT_QUALITY_LIMITS: QualityLimits = Object.freeze({
  minSpeechSeconds: 3,
  minSnrDb: 6,
  maxClippedFraction: 0.02,
  minLevelDbfs: -55,
  maxOverlapShare: 0.15,
  maxOtherSpeakerShare: 0.1,
});

/**
 * Fills in the defaults.
 *
 * @throws InvalidInputError `invalid_option` for an unknown name or a value outside its range
 */
export function completeQualityLimits(
  limits: Partial<QualityLimits> = {},
  defaults: QualityLimits = DEFAULT_QUALITY_LIMITS,
): QualityLimits {
  for (const [name, value] of Object.entries(limits)) {
    const range = (RANGES as Readonly<Record<string, readonly [number, number]>>)[name];
    if (range === undefined) {
      throw new InvalidInputError(
        'invalid_option',
        `Unknown quality limit ${name}; known are ${Object.keys(RANGES).join(', ')}.`,
      );
    }
    if (value >= range[0] && value <= range[1]) continue;
    throw new InvalidInputError(
      'invalid_option',
      `Quality limit ${name} is ${value}; expected ${range[0]} to ${range[1]}.`,
    );
  }
  return { ...defaults, ...limits };
}

/** Below, there is nothing to embed, whatever the limits. */
export const LEAST_SPEECH_SECONDS = 0.1;

const RANGES: Readonly<Record<keyof QualityLimits, readonly [number, number]>> = {
  minSpeechSeconds: [LEAST_SPEECH_SECONDS, 3600],
  minSnrDb: [-100, 100],
  maxClippedFraction: [0, 1],
  minLevelDbfs: [-200, 0],
  maxOverlapShare: [0, 1],
  maxOtherSpeakerShare: [0, 1],
};

/** Resampling and mixing move clipped peaks a little below full scale. */
const CLIPPED_MAGNITUDE = 0.985;
/** Noise is measured in pieces of 20 ms. */
const FRAME_SAMPLES = 320;
/** With fewer pieces there is no pause to speak of. */
const MIN_NOISE_FRAMES = 10;
/** Quieter pieces are digital silence: they tell nothing of the noise under the speech. */
const SILENCE_DBFS = -100;
/** Steps of the level histogram. */
const STEPS_PER_DB = 4;
const TOP_DBFS = 20;

/** Measures a sample as its pieces stream by. */
export class QualityMeter {
  #speechSamples = 0;
  #speechSquares = 0;
  #clippedSamples = 0;
  #overlapSamples = 0;
  #otherSamples = 0;
  /** Noise pieces by level, from SILENCE_DBFS up. */
  readonly #noiseLevels = new Uint32Array((TOP_DBFS - SILENCE_DBFS) * STEPS_PER_DB);
  /** The noise piece that is being heard, and where its pause went on last. */
  #frameSquares = 0;
  #frameSamples = 0;
  #pauseEndSample = -1;

  push({ label, startSample, samples, isOtherSpeaker }: LabeledAudio): void {
    if (label === 'pause') this.#hearPause(samples, startSample);
    else if (label === 'overlap') this.#overlapSamples += samples.length;
    else this.#hearSpeech(samples, isOtherSpeaker === true);
  }

  /** The sample so far, judged by these limits. */
  judge(limits: QualityLimits): VoiceQuality {
    const speechSamples = Math.max(1, this.#speechSamples);
    const power = this.#speechSquares / speechSamples;
    const measured = {
      speechSeconds: samplesToSeconds(this.#speechSamples),
      snrDb: this.#snrDb(power),
      clippedFraction: this.#clippedSamples / speechSamples,
      levelDbfs: power > 0 ? decibels(power) : null,
      overlapSeconds: samplesToSeconds(this.#overlapSamples),
    };
    return { ...measured, reasons: this.#reasons(measured, limits) };
  }

  #hearSpeech(samples: Float32Array, isOtherSpeaker: boolean): void {
    this.#speechSamples += samples.length;
    if (isOtherSpeaker) this.#otherSamples += samples.length;
    for (let index = 0; index < samples.length; index++) {
      const sample = samples[index]!;
      this.#speechSquares += sample * sample;
      if (Math.abs(sample) >= CLIPPED_MAGNITUDE) this.#clippedSamples++;
    }
  }

  /** Noise pieces are counted from the start of a pause, so that they do not depend on how it is cut into blocks. */
  #hearPause(samples: Float32Array, startSample: number): void {
    if (startSample !== this.#pauseEndSample) [this.#frameSquares, this.#frameSamples] = [0, 0];
    this.#pauseEndSample = startSample + samples.length;
    for (let index = 0; index < samples.length; index++) {
      const sample = samples[index]!;
      this.#frameSquares += sample * sample;
      if (++this.#frameSamples < FRAME_SAMPLES) continue;
      this.#countNoise(this.#frameSquares / FRAME_SAMPLES);
      [this.#frameSquares, this.#frameSamples] = [0, 0];
    }
  }

  #countNoise(power: number): void {
    const level = decibels(power);
    if (!(level > SILENCE_DBFS)) return;
    const step = Math.floor((level - SILENCE_DBFS) * STEPS_PER_DB);
    this.#noiseLevels[Math.min(step, this.#noiseLevels.length - 1)]!++;
  }

  /** The median level of the pauses is noise: a cough in one of them does not count. */
  #snrDb(speechPower: number): number | null {
    const frames = this.#noiseLevels.reduce((sum, count) => sum + count, 0);
    if (frames < MIN_NOISE_FRAMES || speechPower === 0) return null;
    let step = 0;
    for (let seen = this.#noiseLevels[0]!; seen < frames / 2; seen += this.#noiseLevels[step]!) step++;
    const noisePower = 10 ** ((SILENCE_DBFS + (step + 0.5) / STEPS_PER_DB) / 10);
    // Speech that is no louder than the pauses: at most a hundredth of it can be speech.
    return decibels(Math.max(speechPower - noisePower, noisePower / 100) / noisePower);
  }

  #reasons(measured: Omit<VoiceQuality, 'reasons'>, limits: QualityLimits): QualityReason[] {
    const { speechSeconds, snrDb, clippedFraction, levelDbfs, overlapSeconds } = measured;
    const overlapShare = overlapSeconds / Math.max(overlapSeconds + speechSeconds, samplesToSeconds(1));
    const otherShare = this.#otherSamples / Math.max(1, this.#speechSamples);
    const found: Record<QualityReason, boolean> = {
      little_speech: speechSeconds < limits.minSpeechSeconds,
      noisy: snrDb !== null && snrDb < limits.minSnrDb,
      clipped: clippedFraction > limits.maxClippedFraction,
      quiet: speechSeconds > 0 && (levelDbfs === null || levelDbfs < limits.minLevelDbfs),
      overlap: overlapShare > limits.maxOverlapShare,
      several_speakers: otherShare > limits.maxOtherSpeakerShare,
    };
    return QUALITY_REASONS.filter((reason) => found[reason]);
  }
}

function decibels(power: number): number {
  return 10 * Math.log10(power);
}

/** What is wrong, with what was measured and what is needed. */
function explained(reason: QualityReason, quality: VoiceQuality, limits: QualityLimits): string {
  const { speechSeconds, snrDb, clippedFraction, levelDbfs } = quality;
  const clipped = `${(100 * clippedFraction).toFixed(1)} % of it, at most ${100 * limits.maxClippedFraction} %`;
  const level = levelDbfs === null ? 'silence' : `${levelDbfs.toFixed(0)} dBFS`;
  switch (reason) {
    case 'little_speech':
      return `too little speech (${speechSeconds.toFixed(2)} s, at least ${limits.minSpeechSeconds} s)`;
    case 'noisy':
      return `too much noise (speech ${snrDb?.toFixed(0)} dB over it, at least ${limits.minSnrDb} dB)`;
    case 'clipped':
      return `it is clipped (${clipped})`;
    case 'quiet':
      return `it is too quiet (${level}, at least ${limits.minLevelDbfs} dBFS)`;
    case 'overlap':
      return 'two people speak at once';
    case 'several_speakers':
      return 'more than one person speaks';
  }
}

/**
 * @throws InvalidInputError `insufficient_speech` where there is too little speech to embed, else `poor_quality` with
 *   all reasons
 */
export function refusePoorQuality(quality: VoiceQuality, limits: QualityLimits): void {
  const { reasons, speechSeconds } = quality;
  if (reasons.length === 0) return;
  // Overlap takes speech away; it is then the better explanation.
  if (!reasons.includes('overlap')) requireSpeech(quality, limits.minSpeechSeconds);
  throw new InvalidInputError(
    'poor_quality',
    `The sample is refused: ${reasons.map((reason) => explained(reason, quality, limits)).join(', ')}. Record another one, or accept it as it is.`,
    { details: { reasons, speechSeconds } },
  );
}

/** @throws InvalidInputError `insufficient_speech` */
export function requireSpeech({ speechSeconds, reasons }: VoiceQuality, minSpeechSeconds: number): void {
  if (speechSeconds >= minSpeechSeconds) return;
  throw new InvalidInputError(
    'insufficient_speech',
    `The sample has ${speechSeconds.toFixed(2)} s of speech, at least ${minSpeechSeconds} s are needed; record more.`,
    { details: { reasons, speechSeconds } },
  );
}
