import type { SpokenUtterance } from '../../core/metrics/words/spoken-utterance.ts';

/** An utterance of the golden files of cpWER: words are [start, end, text]. */
export type GoldenUtterance = {
  readonly speaker: string;
  readonly start: number;
  readonly end: number;
  readonly words: readonly (readonly [number, number, string])[];
};

/** Utterances as the metrics take them. */
export function utterancesOf(utterances: readonly GoldenUtterance[]): SpokenUtterance[] {
  return utterances.map(({ speaker, start, end, words }) => ({
    speaker,
    startSeconds: start,
    endSeconds: end,
    words: words.map(([, , text]) => text),
    wordTimes: words.map(([startSeconds, endSeconds]) => ({ startSeconds, endSeconds })),
  }));
}

/** Counts of meeteval. */
export type GoldenCounts = {
  readonly errors: number;
  readonly length: number;
  readonly errorRate: number | null;
  readonly insertions: number;
  readonly deletions: number;
  readonly substitutions: number;
};

/** A case of `cpwer.json`. */
export type AttributedCase = {
  readonly id: string;
  readonly reference: readonly GoldenUtterance[];
  readonly hypothesis: readonly GoldenUtterance[];
  readonly expected: Readonly<
    Record<'cpWer' | 'tcpWerWords' | 'tcpWerWordMidpoints' | 'tcpWerSegments', GoldenCp> &
      Record<'orcWer' | 'tcOrcWerSegments' | 'greedyDiCpWer', GoldenAssigned>
  >;
};

export type GoldenCp = GoldenCounts & {
  readonly missedSpeakers: number;
  readonly falseAlarmSpeakers: number;
  readonly scoredSpeakers: number;
  readonly assignment: readonly (readonly [string | null, string | null])[];
  readonly substitutionsMin?: number;
  readonly substitutionsMax?: number;
  readonly assignmentUnique?: boolean;
};

/** `error`: meeteval fails on this case. */
export type GoldenAssigned =
  (GoldenCounts & { readonly assignment: readonly string[] }) | { readonly error: string };
