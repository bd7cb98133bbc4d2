import {
  attributedError,
  pairStreams,
  timeConstraint,
  type AttributedWordError,
  type TimeConstrainedOptions,
} from './speaker-attributed-word-error.ts';
import { bySpeaker, inOrder, type SpokenUtterance } from './spoken-utterance.ts';
import { assignExactly } from './stream-assignment.ts';
import { assignGreedily } from './stream-assignment-greedy.ts';
import {
  EMPTY_STREAM,
  joinStreams,
  streamDistance,
  streamEdits,
  TokenStreams,
  type TimeConstraint,
  type TokenStream,
} from './token-stream.ts';
import { indexOfSmallest } from '../../math/extremes.ts';

/** A word error with the stream that each segment was counted with. */
export type SegmentAssignedWordError = AttributedWordError & {
  /** For each segment as given its stream; `null` where there is none. */
  readonly assignment: readonly (string | null)[];
};

/**
 * ORC-WER, optimal reference combination: each reference utterance may go to any hypothesis speaker, in the order of
 * their starts, so that the errors are fewest. What is left when wrong speakers cost nothing, as long as an utterance
 * stays whole. Exact, for short recordings (see `assignExactly`).
 *
 * @throws InvalidInputError `invalid_option` where the recording is too long
 * @see I. Sklyar et al., "Multi-turn RNN-T for streaming recognition of multi-party speech", ICASSP 2022
 */
export function orcWordError(
  reference: readonly SpokenUtterance[],
  hypothesis: readonly SpokenUtterance[],
): SegmentAssignedWordError {
  return optimalReferenceCombination(reference, hypothesis, undefined);
}

/** tcORC-WER: ORC-WER under the time constraint of tcpWER. */
export function timeConstrainedOrcWordError(
  reference: readonly SpokenUtterance[],
  hypothesis: readonly SpokenUtterance[],
  options: TimeConstrainedOptions = {},
): SegmentAssignedWordError {
  return optimalReferenceCombination(reference, hypothesis, timeConstraint(options));
}

function optimalReferenceCombination(
  reference: readonly SpokenUtterance[],
  hypothesis: readonly SpokenUtterance[],
  constraint: TimeConstraint | undefined,
): SegmentAssignedWordError {
  const streams = new TokenStreams(constraint);
  const utterances = inOrder(reference);
  const segments = utterances.map((utterance) => streams.reference([utterance]));
  const speakers = [...bySpeaker(hypothesis)].map(([label, own]) => ({
    label,
    stream: streams.hypothesis(own),
  }));
  const assignment = assignExactly(
    segments,
    speakers.map(({ stream }) => stream),
  );
  return {
    ...attributedError(editsOfAssignment(segments, speakers, assignment, streamEdits)),
    assignment: labelsAsGiven(reference, utterances, assignment, speakers),
  };
}

/**
 * DI-cpWER, diarization-invariant cpWER: each hypothesis segment may go to any reference speaker. The difference to
 * cpWER is what wrong speaker labels cost. Found greedily, as meeteval does, so an upper bound of the exact figure.
 *
 * @see T. von Neumann et al., "Word Error Rate Definitions and Algorithms for Long-Form Multi-talker Speech
 *   Recognition", IEEE TASLP 2025
 */
export function diarizationInvariantCpWordError(
  reference: readonly SpokenUtterance[],
  hypothesis: readonly SpokenUtterance[],
): SegmentAssignedWordError {
  const streams = new TokenStreams();
  const speakers = [...bySpeaker(reference)].map(([label, own]) => ({
    label,
    stream: streams.reference(own),
  }));
  const utterances = inOrder(hypothesis);
  const segments = utterances.map((utterance) => streams.hypothesis([utterance]));
  const assignment = assignGreedily(
    segments,
    speakers.map(({ stream }) => stream),
    startByPermutation(utterances, speakers, streams),
  );
  const counts = editsOfAssignment(segments, speakers, assignment, (segment, speaker) =>
    streamEdits(speaker, segment),
  );
  return {
    ...attributedError(counts),
    assignment: labelsAsGiven(hypothesis, utterances, assignment, speakers),
  };
}

type LabelledStream = { readonly label: string; readonly stream: TokenStream };

/** The speakers of cpWER; a hypothesis speaker that it leaves over starts with the reference speaker nearest to it. */
function startByPermutation(
  utterances: readonly SpokenUtterance[],
  speakers: readonly LabelledStream[],
  streams: TokenStreams,
): number[] {
  if (speakers.length === 0) return utterances.map(() => 0);
  const targets = speakers.map(({ stream }) => stream);
  const own = [...bySpeaker(utterances)].map(([label, theirs]) => ({
    label,
    stream: streams.hypothesis(theirs),
  }));
  const pairs = pairStreams(
    own.map(({ stream }) => stream),
    targets,
  );
  const start = new Map<string, number>();
  for (const [row, column] of pairs) {
    const speaker = own[row];
    if (speaker === undefined) continue;
    start.set(speaker.label, column < targets.length ? column : nearest(speaker.stream, targets));
  }
  return utterances.map((utterance) => start.get(utterance.speaker)!);
}

function nearest(stream: TokenStream, targets: readonly TokenStream[]): number {
  const distances = targets.map((target) => streamDistance(stream, target));
  return indexOfSmallest(distances);
}

/** Streams in the order of the utterances given, from those in the order of their starts. */
function labelsAsGiven(
  given: readonly SpokenUtterance[],
  ordered: readonly SpokenUtterance[],
  assignment: readonly number[],
  speakers: readonly LabelledStream[],
): (string | null)[] {
  const labels = new Map(
    ordered.map((utterance, index) => [utterance, speakers[assignment[index]!]?.label ?? null]),
  );
  return given.map((utterance) => labels.get(utterance)!);
}

/** Edits of each stream against its segments in a row. Without any stream the segments meet nothing. */
function editsOfAssignment<T>(
  segments: readonly TokenStream[],
  speakers: readonly LabelledStream[],
  assignment: readonly number[],
  edits: (segments: TokenStream, stream: TokenStream) => T,
): T[] {
  const targets = speakers.length === 0 ? [EMPTY_STREAM] : speakers.map(({ stream }) => stream);
  return targets.map((stream, index) =>
    edits(joinStreams(segments.filter((_, segment) => assignment[segment] === index)), stream),
  );
}
