import type { Segment } from '../../timeline/turns.ts';
import { alignTokens, editDistance, TokenNumbering, type TokenTimes } from './edit-alignment.ts';
import { inOrder, timedWords, type SpokenUtterance, type WordTiming } from './spoken-utterance.ts';
import { countEdits, type EditCounts } from './word-error.ts';

/** Words as ids, with times where they limit what may match. */
export type TokenStream = { readonly tokens: Int32Array; readonly times: readonly Segment[] | undefined };

/** How far apart in time words may match. */
export type TimeConstraint = {
  /** Seconds by which hypothesis words are widened on EACH side. */
  readonly collarSeconds: number;
  readonly referenceTiming: WordTiming;
  readonly hypothesisTiming: WordTiming;
};

/** A stream of nothing. */
export const EMPTY_STREAM: TokenStream = { tokens: new Int32Array(0), times: [] };

/** Makes streams of one reference and one hypothesis: equal words get equal ids in both. */
export class TokenStreams {
  private readonly numbering = new TokenNumbering();
  private readonly constraint: TimeConstraint | undefined;

  constructor(constraint?: TimeConstraint) {
    this.constraint = constraint;
  }

  /** All words of a speaker, utterances by start. */
  reference(utterances: readonly SpokenUtterance[]): TokenStream {
    return this.stream(utterances, this.constraint?.referenceTiming, 0);
  }

  /** The same with times widened by the collar. */
  hypothesis(utterances: readonly SpokenUtterance[]): TokenStream {
    return this.stream(utterances, this.constraint?.hypothesisTiming, this.constraint?.collarSeconds ?? 0);
  }

  private stream(
    utterances: readonly SpokenUtterance[],
    timing: WordTiming | undefined,
    collarSeconds: number,
  ): TokenStream {
    const ordered = inOrder(utterances);
    if (timing === undefined) {
      return {
        tokens: this.numbering.idsOf(ordered.flatMap((utterance) => utterance.words)),
        times: undefined,
      };
    }
    const words = ordered.flatMap((utterance) => timedWords(utterance, timing));
    // Words with times of their own are in their own order, also across utterances that overlap.
    if (timing === 'given' || timing === 'given-middle')
      words.sort((a, b) => a.startSeconds - b.startSeconds);
    const times = words.map(({ startSeconds, endSeconds }) => ({
      startSeconds: startSeconds - collarSeconds,
      endSeconds: endSeconds + collarSeconds,
    }));
    return { tokens: this.numbering.idsOf(words.map((word) => word.text)), times };
  }
}

/** One stream after another. */
export function joinStreams(streams: readonly TokenStream[]): TokenStream {
  const timed = streams.some((stream) => stream.times !== undefined);
  return {
    tokens: Int32Array.from(streams.flatMap((stream) => Array.from(stream.tokens))),
    times: timed ? streams.flatMap((stream) => stream.times ?? []) : undefined,
  };
}

/** Fewest edits between two streams. */
export function streamDistance(reference: TokenStream, hypothesis: TokenStream): number {
  return editDistance(reference.tokens, hypothesis.tokens, timesOf(reference, hypothesis));
}

/** Kinds of the fewest edits between two streams. */
export function streamEdits(reference: TokenStream, hypothesis: TokenStream): EditCounts {
  return countEdits(alignTokens(reference.tokens, hypothesis.tokens, timesOf(reference, hypothesis)));
}

function timesOf(reference: TokenStream, hypothesis: TokenStream): TokenTimes | undefined {
  if (reference.times === undefined || hypothesis.times === undefined) return undefined;
  return { reference: reference.times, hypothesis: hypothesis.times };
}
