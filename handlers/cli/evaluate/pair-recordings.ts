import { InvalidInputError } from '../../../core/errors.ts';
import type { LoadedRecording } from './load-recordings.ts';

/** What is scored, and what has no counterpart. */
export type PairedRecordings = {
  readonly pairs: readonly { readonly reference: LoadedRecording; readonly hypothesis: LoadedRecording }[];
  readonly withoutHypothesis: readonly string[];
  readonly withoutReference: readonly string[];
};

/**
 * Pairs by name; one recording on each side is a pair whatever the names.
 *
 * @throws InvalidInputError `invalid_option` where nothing pairs
 */
export function pairRecordings(
  references: ReadonlyMap<string, LoadedRecording>,
  hypotheses: ReadonlyMap<string, LoadedRecording>,
): PairedRecordings {
  const [onlyReference, onlyHypothesis] = [[...references.values()], [...hypotheses.values()]];
  if (onlyReference.length === 1 && onlyHypothesis.length === 1) {
    const pair = { reference: onlyReference[0]!, hypothesis: onlyHypothesis[0]! };
    return { pairs: [pair], withoutHypothesis: [], withoutReference: [] };
  }
  const names = [...references.keys()].sort();
  const paired = names.filter((name) => hypotheses.has(name));
  if (paired.length === 0) {
    throw new InvalidInputError(
      'invalid_option',
      'No reference and hypothesis have the same name: files are paired by their names without ending.',
    );
  }
  return {
    pairs: paired.map((name) => ({ reference: references.get(name)!, hypothesis: hypotheses.get(name)! })),
    withoutHypothesis: names.filter((name) => !hypotheses.has(name)),
    withoutReference: [...hypotheses.keys()].filter((name) => !references.has(name)).sort(),
  };
}
