import { InvalidInputError } from '../../../core/errors.ts';
import type { LoadedRecording } from './load-recordings.ts';

/** A recording on both sides. */
export type RecordingPair = { readonly reference: LoadedRecording; readonly hypothesis: LoadedRecording };

/** What is scored, and what has no counterpart. */
export type PairedRecordings = {
  readonly pairs: readonly RecordingPair[];
  readonly withoutHypothesis: readonly LoadedRecording[];
  readonly withoutReference: readonly LoadedRecording[];
};

/**
 * Pairs by the names of files, and where there is no such pair by the name that a recording has inside its file; one
 * recording on each side is a pair whatever the names.
 *
 * @throws InvalidInputError `invalid_option` where nothing pairs
 */
export function pairRecordings(
  references: ReadonlyMap<string, LoadedRecording>,
  hypotheses: ReadonlyMap<string, LoadedRecording>,
): PairedRecordings {
  const [allReferences, allHypotheses] = [[...references.values()].sort(byName), [...hypotheses.values()]];
  if (allReferences.length === 1 && allHypotheses.length === 1) {
    const pair = { reference: allReferences[0]!, hypothesis: allHypotheses[0]! };
    return { pairs: [pair], withoutHypothesis: [], withoutReference: [] };
  }
  const left = new Set(allHypotheses);
  const found = new Map<LoadedRecording, LoadedRecording>();
  for (const isSame of SAMENESS) {
    for (const reference of allReferences) {
      if (found.has(reference)) continue;
      const hypothesis = [...left].find((candidate) => isSame(reference, candidate));
      if (hypothesis === undefined) continue;
      found.set(reference, hypothesis);
      left.delete(hypothesis);
    }
  }
  if (found.size === 0) {
    throw new InvalidInputError(
      'invalid_option',
      'No reference and hypothesis have the same name: they are paired by the names of their files without ending, or by the names of the recordings inside.',
    );
  }
  return {
    pairs: allReferences.flatMap((reference) => {
      const hypothesis = found.get(reference);
      return hypothesis === undefined ? [] : [{ reference, hypothesis }];
    }),
    withoutHypothesis: allReferences.filter((reference) => !found.has(reference)),
    withoutReference: [...left].sort(byName),
  };
}

type Sameness = (reference: LoadedRecording, hypothesis: LoadedRecording) => boolean;

/** The surest first. */
const SAMENESS: readonly Sameness[] = [
  (reference, hypothesis) => reference.name === hypothesis.name,
  (reference, hypothesis) => reference.recordingId === hypothesis.recordingId,
  (reference, hypothesis) =>
    reference.recordingId === hypothesis.name || reference.name === hypothesis.recordingId,
];

function byName(a: LoadedRecording, b: LoadedRecording): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
