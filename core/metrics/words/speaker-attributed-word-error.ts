import { InvalidInputError } from '../../errors.ts';
import { assignLinear } from '../../math/linear-assignment.ts';
import { bySpeaker, type SpokenUtterance, type WordTiming } from './spoken-utterance.ts';
import {
  EMPTY_STREAM,
  streamDistance,
  streamEdits,
  TokenStreams,
  type TimeConstraint,
  type TokenStream,
} from './token-stream.ts';
import { sumWordErrors, type EditCounts } from './word-error.ts';

/** Counts and rate of a metric with speakers. */
export type AttributedWordError = EditCounts & {
  readonly errors: number;
  readonly referenceLength: number;
  /** errors / reference length; `null` for an empty reference, as meeteval has it. */
  readonly errorRate: number | null;
};

/** cpWER with the pairs of speakers that it was counted with. */
export type CpWordError = AttributedWordError & {
  /** [reference speaker, hypothesis speaker]; `null` where a speaker has no counterpart. */
  readonly assignment: readonly (readonly [string | null, string | null])[];
  readonly missedSpeakers: number;
  readonly falseAlarmSpeakers: number;
  readonly scoredSpeakers: number;
};

/** Options of tcpWER. */
export type TimeConstrainedOptions = {
  readonly collarSeconds?: number;
  readonly referenceTiming?: WordTiming;
  readonly hypothesisTiming?: WordTiming;
};

/** CHiME's collar and meeteval's word times: reference words as intervals, hypothesis words as points. */
export const DEFAULT_TIME_CONSTRAINED_OPTIONS = Object.freeze({
  collarSeconds: 5,
  referenceTiming: 'spread',
  hypothesisTiming: 'spread-middle',
}) satisfies TimeConstrainedOptions;

/**
 * cpWER, concatenated minimum-permutation word error rate: the words of each speaker in a row, speakers paired so that
 * the errors are fewest. A word with the wrong speaker costs a deletion and an insertion.
 *
 * @see S. Watanabe et al., "CHiME-6 Challenge", 2020; counted as meeteval does
 */
export function cpWordError(
  reference: readonly SpokenUtterance[],
  hypothesis: readonly SpokenUtterance[],
): CpWordError {
  return bestPermutation(reference, hypothesis, undefined);
}

/**
 * tcpWER: cpWER in which words may only match or substitute where their times, the hypothesis widened by the collar
 * on each side, overlap strictly. The word times chosen change the figure: say them with it.
 *
 * @throws InvalidInputError `invalid_option` for a negative collar
 * @see T. von Neumann et al., "MeetEval: A Toolkit for Computation of Word Error Rates for Meeting Transcription
 *   Systems", CHiME 2023
 */
export function timeConstrainedCpWordError(
  reference: readonly SpokenUtterance[],
  hypothesis: readonly SpokenUtterance[],
  options: TimeConstrainedOptions = {},
): CpWordError {
  return bestPermutation(reference, hypothesis, timeConstraint(options));
}

/** Options with their defaults, checked. */
export function timeConstraint(options: TimeConstrainedOptions): TimeConstraint {
  const constraint = { ...DEFAULT_TIME_CONSTRAINED_OPTIONS, ...options };
  if (constraint.collarSeconds >= 0) return constraint;
  throw new InvalidInputError(
    'invalid_option',
    `Expected a collar of 0 seconds or more, got ${constraint.collarSeconds}.`,
  );
}

function bestPermutation(
  reference: readonly SpokenUtterance[],
  hypothesis: readonly SpokenUtterance[],
  constraint: TimeConstraint | undefined,
): CpWordError {
  const streams = new TokenStreams(constraint);
  const references = [...bySpeaker(reference)].map(([label, own]) => ({
    label,
    stream: streams.reference(own),
  }));
  const hypotheses = [...bySpeaker(hypothesis)].map(([label, own]) => ({
    label,
    stream: streams.hypothesis(own),
  }));
  const pairs = pairStreams(
    references.map(({ stream }) => stream),
    hypotheses.map(({ stream }) => stream),
  );
  const counts = pairs.map(([row, column]) =>
    streamEdits(references[row]?.stream ?? EMPTY_STREAM, hypotheses[column]?.stream ?? EMPTY_STREAM),
  );
  return {
    ...attributedError(counts),
    assignment: pairs.map(([row, column]) => [
      references[row]?.label ?? null,
      hypotheses[column]?.label ?? null,
    ]),
    missedSpeakers: Math.max(0, references.length - hypotheses.length),
    falseAlarmSpeakers: Math.max(0, hypotheses.length - references.length),
    scoredSpeakers: references.length,
  };
}

/**
 * Pairs every stream with one of the other side or with nothing, for the fewest errors.
 *
 * @returns [reference index, hypothesis index]; an index past the end stands for nothing
 */
export function pairStreams(
  references: readonly TokenStream[],
  hypotheses: readonly TokenStream[],
): [number, number][] {
  const size = Math.max(references.length, hypotheses.length);
  const data = new Float64Array(size * size);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      data[row * size + column] = streamDistance(
        references[row] ?? EMPTY_STREAM,
        hypotheses[column] ?? EMPTY_STREAM,
      );
    }
  }
  return [...assignLinear({ data, rows: size, columns: size }).entries()];
}

/** Counts of several recordings, or of several streams of one. */
export function attributedError(counts: readonly EditCounts[]): AttributedWordError {
  const sum = sumWordErrors(counts);
  return { ...sum, errorRate: sum.referenceLength === 0 ? null : sum.errorRate };
}
