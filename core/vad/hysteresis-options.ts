import { InvalidInputError } from '../errors.ts';

/** Where speech that is too long is cut: in the longest silence so far, or in the latest. */
export const CUT_RULES = ['longest-silence', 'last-silence'] as const;

export type HysteresisOptions = {
  /** A segment opens at a probability of at least this. @default 0.5 */
  readonly onset: number;
  /** A segment may close below this. @default 0.15 under `onset`, but at least 0.01 */
  readonly offset?: number;
  /** Shorter segments are dropped. @default 0.25 s */
  readonly minSpeechSeconds: number;
  /** A segment stays open over shorter silences. @default 0.1 s */
  readonly minSilenceSeconds: number;
  /** Longer segments are cut, in a silence where there is one; padding counts. @default no limit */
  readonly maxSpeechSeconds: number;
  /** Added on both sides, at most half of the silence between two segments. @default 0.03 s */
  readonly speechPadSeconds: number;
  /** A silence has to be longer than this for a cut of a long segment to fall into it. @default 0.098 s */
  readonly minCutSilenceSeconds: number;
  /** @default 'longest-silence' */
  readonly cutAt: (typeof CUT_RULES)[number];
};

/** The defaults of silero-vad. */
export const DEFAULT_HYSTERESIS_OPTIONS: HysteresisOptions = Object.freeze({
  onset: 0.5,
  minSpeechSeconds: 0.25,
  minSilenceSeconds: 0.1,
  maxSpeechSeconds: Infinity,
  speechPadSeconds: 0.03,
  minCutSilenceSeconds: 0.098,
  cutAt: 'longest-silence',
});

/**
 * Fills in the defaults.
 *
 * @throws InvalidInputError `invalid_option` for thresholds outside [0, 1] and lengths that are negative
 */
export function completeHysteresisOptions(options: Partial<HysteresisOptions>): Required<HysteresisOptions> {
  const merged = { ...DEFAULT_HYSTERESIS_OPTIONS, ...options };
  const resolved = { ...merged, offset: merged.offset ?? Math.max(merged.onset - 0.15, 0.01) };
  for (const [name, value] of Object.entries(resolved)) {
    if (typeof value !== 'number') continue;
    const most = name.endsWith('Seconds') ? Infinity : 1;
    if (value >= 0 && value <= most) continue;
    throw new InvalidInputError(
      'invalid_option',
      `${name} is ${value}; expected a number from 0 to ${most}.`,
    );
  }
  if (!CUT_RULES.includes(resolved.cutAt)) {
    throw new InvalidInputError('invalid_option', `cutAt is not one of ${CUT_RULES.join(', ')}.`);
  }
  return resolved;
}
