/**
 * Powerset classes: one class per set of speakers that may speak at the same time.
 *
 * @see Plaquet & Bredin, "Powerset multi-class cross entropy loss for neural speaker diarization", Interspeech 2023
 */
import { InvalidInputError } from '../errors.ts';

export type Powerset = {
  readonly speakerCount: number;
  readonly maxSimultaneous: number;
  /** For each class the set of its speakers, bit s for speaker s. */
  readonly classes: Uint8Array;
};

/**
 * Enumerates the classes as pyannote does: by size of the set, then in lexicographic order.
 * 3 speakers, at most 2 at once: {} {0} {1} {2} {0,1} {0,2} {1,2}.
 */
export function planPowerset(speakerCount: number, maxSimultaneous: number): Powerset {
  const classes: number[] = [];
  const extend = (set: number, firstSpeaker: number, missing: number): void => {
    if (missing === 0) {
      classes.push(set);
      return;
    }
    for (let speaker = firstSpeaker; speaker <= speakerCount - missing; speaker++) {
      extend(set | (1 << speaker), speaker + 1, missing - 1);
    }
  };
  for (let size = 0; size <= maxSimultaneous; size++) extend(0, 0, size);
  return { speakerCount, maxSimultaneous, classes: Uint8Array.from(classes) };
}

/**
 * The most probable set of speakers in each frame. Of equally probable classes the first wins.
 *
 * @param scores [frameCount, classCount], row-major; any monotonic score (log-probabilities)
 * @param out    [frameCount], bit s is set where speaker s is active; overwritten
 * @throws InvalidInputError `invalid_option` when the lengths do not fit
 */
export function decodePowerset(powerset: Powerset, scores: Float32Array, out: Uint8Array): void {
  const { classes } = powerset;
  const classCount = classes.length;
  if (scores.length !== out.length * classCount) {
    throw new InvalidInputError(
      'invalid_option',
      `Expected ${out.length} frames of ${classCount} class scores, got ${scores.length} values.`,
    );
  }
  for (let frame = 0; frame < out.length; frame++) {
    const row = frame * classCount;
    let best = 0;
    for (let index = 1; index < classCount; index++) {
      if (scores[row + index]! > scores[row + best]!) best = index;
    }
    out[frame] = classes[best]!;
  }
}
