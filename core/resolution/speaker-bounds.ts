import { InvalidInputError } from '../errors.ts';

/** What the caller knows about the number of speakers; all absent: it is estimated. */
export type SpeakerBounds = {
  /** Exactly so many. @default estimated */
  readonly numSpeakers?: number;
  /** At least so many. @default 1 */
  readonly minSpeakers?: number;
  /** At most so many. @default as many as are found */
  readonly maxSpeakers?: number;
};

/** Bounds without gaps; `exact` where the number is known. */
export type CompleteSpeakerBounds = {
  readonly min: number;
  readonly max: number;
  readonly exact: number | undefined;
};

/**
 * Checks what the caller knows and fills the gaps: at least 1, at most infinitely many.
 *
 * @throws InvalidInputError `invalid_option` for anything but whole numbers from 1 up, and for bounds that exclude
 *   each other
 */
export function completeSpeakerBounds(bounds: SpeakerBounds): CompleteSpeakerBounds {
  for (const name of ['numSpeakers', 'minSpeakers', 'maxSpeakers'] as const) {
    const value = bounds[name];
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1)) {
      throw new InvalidInputError(
        'invalid_option',
        `Expected ${name} to be a whole number from 1 up, got ${String(value)}.`,
        { details: { option: name } },
      );
    }
  }
  const { numSpeakers } = bounds;
  const min = bounds.minSpeakers ?? 1;
  const max = bounds.maxSpeakers ?? Infinity;
  if (min > max) throw contradiction(`minSpeakers ${min} is above maxSpeakers ${max}`);
  if (numSpeakers === undefined) return { min, max, exact: min === max ? min : undefined };
  if (numSpeakers < min) throw contradiction(`numSpeakers ${numSpeakers} is below minSpeakers ${min}`);
  if (numSpeakers > max) throw contradiction(`numSpeakers ${numSpeakers} is above maxSpeakers ${max}`);
  return { min: numSpeakers, max: numSpeakers, exact: numSpeakers };
}

function contradiction(what: string): InvalidInputError {
  return new InvalidInputError(
    'invalid_option',
    `The bounds on the number of speakers exclude each other: ${what}. Give numSpeakers alone, or a minimum that is not above the maximum.`,
  );
}

/** The same bounds for a number of embeddings: there cannot be more clusters than embeddings. */
export function limitBounds(bounds: CompleteSpeakerBounds, embeddingCount: number): CompleteSpeakerBounds {
  const limit = (value: number): number => Math.max(1, Math.min(embeddingCount, value));
  const min = limit(bounds.min);
  const max = limit(bounds.max);
  return { min, max, exact: min === max ? min : bounds.exact };
}

/** How many clusters to look for in place of `count`; undefined: `count` is fine. */
export function wantedCount(count: number, { min, max, exact }: CompleteSpeakerBounds): number | undefined {
  const wanted = count < min ? min : count > max ? max : exact;
  return wanted === count ? undefined : wanted;
}
