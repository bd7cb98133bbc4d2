/** Makes a clean recording sound as under a condition. The same call gives the same samples, with the same ffmpeg. */
import type { Turn } from '../../core/timeline/turns.ts';
import { throughCodec } from './codec.ts';
import { type ConditionName, CONDITIONS, type Degradation } from './conditions.ts';
import { bandPass } from './filters.ts';
import { activePower, meanPower, scale } from './levels.ts';
import { makeNoise, randomOf } from './noise.ts';
import { convolve, impulseResponse } from './room.ts';

const RATE = 16_000;
/** From one side of a mixed call to the other. */
const FADE_SAMPLES = 160;

export type DegradeOptions = {
  readonly seed?: number;
  /** Who speaks when; only a mixed call asks. */
  readonly turns?: readonly Turn[];
  /** Utterances that babble is made of. */
  readonly talkers?: readonly Float32Array[];
};

/** @param samples 16 kHz mono in [-1, 1], left as they are */
export function degrade(
  samples: Float32Array,
  condition: ConditionName,
  { seed = 0, turns = [], talkers = [] }: DegradeOptions = {},
): Float32Array {
  const chain: readonly Degradation[] = CONDITIONS[condition];
  let current: Float64Array = Float64Array.from(samples);
  chain.forEach((step, place) => {
    current = applied(current, step, { seed, turns, talkers }, `${condition}|${place}`);
  });
  const peak = current.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  if (peak > 0.99 && !chain.some((step) => step.do === 'gain')) scale(current, 0.99 / peak);
  return Float32Array.from(current);
}

function applied(
  samples: Float64Array,
  step: Degradation,
  options: Required<DegradeOptions>,
  tag: string,
): Float64Array {
  const random = randomOf(options.seed, tag);
  switch (step.do) {
    case 'band':
      bandPass(samples, step.lowHz, step.highHz, RATE);
      return samples;
    case 'codec':
      return throughCodec(samples, step.codec);
    case 'noise': {
      const noise = makeNoise(step.noise, samples.length, random, options.talkers);
      const gain = Math.sqrt(activePower(samples) / 10 ** (step.snrDb / 10) / meanPower(noise));
      return samples.map((sample, index) => sample + gain * noise[index]!);
    }
    case 'room': {
      const level = activePower(samples);
      const heard = convolve(samples, impulseResponse(step.t60Seconds, step.directDb, random));
      scale(heard, Math.sqrt(level / activePower(heard)));
      return heard;
    }
    case 'gain':
      scale(samples, 10 ** (step.db / 20));
      return samples.map(
        (sample) => Math.round(Math.min(32_767, Math.max(-32_768, sample * 32_768))) / 32_768,
      );
    case 'clip': {
      const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 1e-9);
      scale(samples, 10 ** (step.overDb / 20) / peak);
      return samples.map((sample) => 0.7 * Math.min(1, Math.max(-1, sample)));
    }
    case 'half': {
      const phone = degrade(Float32Array.from(samples), step.telephone, options);
      return samples.map((sample, index) => (index < samples.length / 2 ? sample : phone[index]!));
    }
    case 'mixed': {
      const phone = degrade(Float32Array.from(samples), step.telephone, options);
      const share = phoneShare(samples.length, options.turns);
      return samples.map((sample, index) => share[index]! * phone[index]! + (1 - share[index]!) * sample);
    }
  }
}

/** 1 where somebody on the phone speaks, 0 where somebody else does; a pause keeps what was before it. */
function phoneShare(length: number, turns: readonly Turn[]): Float64Array {
  const names = [...new Set(turns.map(({ speaker }) => speaker))].sort();
  const onPhone = new Set(names.filter((_, index) => index % 2 === 1));
  const side = new Int8Array(length).fill(-1);
  const mark = (isPhone: boolean, value: number): void => {
    for (const { speaker, startSeconds, endSeconds } of turns) {
      if (onPhone.has(speaker) === isPhone)
        side.fill(value, Math.round(startSeconds * RATE), Math.round(endSeconds * RATE));
    }
  };
  mark(true, 1);
  mark(false, 0);
  const share = new Float64Array(length);
  let [wanted, current] = [0, 0];
  for (let index = 0; index < length; index++) {
    if (side[index] !== -1) wanted = side[index]!;
    const move = Math.max(-1 / FADE_SAMPLES, Math.min(1 / FADE_SAMPLES, wanted - current));
    current += move;
    share[index] = current;
  }
  return share;
}
