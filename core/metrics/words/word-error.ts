import { alignTokens, TokenNumbering, type EditRun, type EditType } from './edit-alignment.ts';
import { PYTHON_WHITE_SPACE, pythonStrip } from '../../text/python-white-space.ts';

/** Counts of an alignment; tokens are words or characters. */
export type EditCounts = {
  readonly hits: number;
  readonly substitutions: number;
  readonly deletions: number;
  readonly insertions: number;
};

/** Error rate of a text or, summed, of a corpus. */
export type WordError = EditCounts & {
  /** substitutions + deletions + insertions */
  readonly errors: number;
  /** hits + substitutions + deletions */
  readonly referenceLength: number;
  /** errors / reference length; for an empty reference the number of insertions, as jiwer has it. May exceed 1. */
  readonly errorRate: number;
};

/** `WordError` with the further rates of Morris et al. and the alignment. */
export type WordErrorDetails = WordError & {
  /** errors / (hits + errors): in [0, 1]. */
  readonly matchErrorRate: number;
  /** hits² / (reference length × hypothesis length). */
  readonly informationPreserved: number;
  readonly informationLost: number;
  readonly referenceTokens: readonly string[];
  readonly hypothesisTokens: readonly string[];
  readonly alignment: readonly EditRun[];
};

/**
 * Word error rate with the conventions of jiwer 4: words are separated by the space character (other white space only
 * where two follow each other), and nothing is normalised: case, punctuation and Unicode form count. Normalise first
 * where that is not wanted.
 *
 * Errors are unique; their kinds are not always ("a b" against "b a"), see `alignTokens` for the choice.
 *
 * @see A. Morris, V. Maier, P. Green, "From WER and RIL to MER and WIL", Interspeech 2004
 */
export function wordError(reference: string, hypothesis: string): WordErrorDetails {
  return tokenError(spacedWords(reference), spacedWords(hypothesis));
}

/** Character error rate with the conventions of jiwer 4: characters are code points, outer white space is ignored. */
export function characterError(reference: string, hypothesis: string): WordErrorDetails {
  return tokenError(Array.from(pythonStrip(reference)), Array.from(pythonStrip(hypothesis)));
}

/** Error rate between lists of tokens. */
export function tokenError(
  referenceTokens: readonly string[],
  hypothesisTokens: readonly string[],
): WordErrorDetails {
  const numbering = new TokenNumbering();
  const alignment = alignTokens(numbering.idsOf(referenceTokens), numbering.idsOf(hypothesisTokens));
  const error = sumWordErrors([countEdits(alignment)]);
  const { hits, errors } = error;
  const preserved = informationPreserved(hits, referenceTokens.length, hypothesisTokens.length);
  return {
    ...error,
    matchErrorRate: hits + errors === 0 ? 0 : errors / (hits + errors),
    informationPreserved: preserved,
    informationLost: 1 - preserved,
    referenceTokens,
    hypothesisTokens,
    alignment,
  };
}

/** How many tokens each kind of edit concerns. */
export function countEdits(alignment: readonly EditRun[]): EditCounts {
  const counts: Record<EditType, number> = { equal: 0, substitute: 0, delete: 0, insert: 0 };
  for (const run of alignment) {
    counts[run.type] += Math.max(
      run.referenceEnd - run.referenceStart,
      run.hypothesisEnd - run.hypothesisStart,
    );
  }
  return {
    hits: counts.equal,
    substitutions: counts.substitute,
    deletions: counts.delete,
    insertions: counts.insert,
  };
}

/** Error rate of several texts together: the counts are summed. */
export function sumWordErrors(counts: readonly EditCounts[]): WordError {
  let [hits, substitutions, deletions, insertions] = [0, 0, 0, 0];
  for (const count of counts) {
    hits += count.hits;
    substitutions += count.substitutions;
    deletions += count.deletions;
    insertions += count.insertions;
  }
  const errors = substitutions + deletions + insertions;
  const referenceLength = hits + substitutions + deletions;
  return {
    hits,
    substitutions,
    deletions,
    insertions,
    errors,
    referenceLength,
    errorRate: referenceLength === 0 ? insertions : errors / referenceLength,
  };
}

const SEVERAL_SPACES = new RegExp(`[${PYTHON_WHITE_SPACE}]{2,}`, 'gu');

/** The words of a text as jiwer's default transform gives them. */
function spacedWords(text: string): string[] {
  return pythonStrip(text.replace(SEVERAL_SPACES, ' '))
    .split(' ')
    .filter((word) => word !== '');
}

function informationPreserved(hits: number, referenceLength: number, hypothesisLength: number): number {
  if (referenceLength === 0 && hypothesisLength === 0) return 1;
  if (referenceLength === 0 || hypothesisLength === 0) return 0;
  return (hits / referenceLength) * (hits / hypothesisLength);
}
