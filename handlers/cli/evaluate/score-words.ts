import {
  diarizationInvariantCpWordError,
  orcWordError,
} from '../../../core/metrics/words/speaker-agnostic-word-error.ts';
import {
  attributedError,
  cpWordError,
  timeConstrainedCpWordError,
  type AttributedWordError,
} from '../../../core/metrics/words/speaker-attributed-word-error.ts';
import { inOrder, type SpokenUtterance } from '../../../core/metrics/words/spoken-utterance.ts';
import { normaliseBasic } from '../../../core/metrics/text/text-normaliser-basic.ts';
import { normaliseEnglish } from '../../../core/metrics/text/text-normaliser-english.ts';
import {
  sumWordDiarizationErrors,
  wordDiarizationError,
  type WordDiarizationError,
} from '../../../core/metrics/words/word-diarization-error.ts';
import { sumWordErrors, tokenError, type WordError } from '../../../core/metrics/words/word-error.ts';
import type { TranscriptResult } from '../../../core/result/result.ts';
import { joinWords } from '../../../core/text/join-words.ts';
import { isCharacterToken, scoredTokens } from '../../../core/text/split-text.ts';
import type { Report, ReportColumn, ReportValues } from './report.ts';

/** What is done to text before words are counted. */
export const NORMALISERS = ['basic', 'english', 'none'] as const;
export type Normaliser = (typeof NORMALISERS)[number];

const NORMALISE: Readonly<Record<Normaliser, (text: string) => string>> = {
  basic: normaliseBasic,
  english: normaliseEnglish,
  none: (text) => text,
};

const COLUMNS: readonly ReportColumn[] = [
  { key: 'wordErrorRate', heading: 'WER %', unit: 'percent' },
  { key: 'cpWordErrorRate', heading: 'cpWER %', unit: 'percent' },
  { key: 'timeConstrainedCpWordErrorRate', heading: 'tcpWER %', unit: 'percent' },
  { key: 'diarizationInvariantCpWordErrorRate', heading: 'DI-cpWER %', unit: 'percent' },
  { key: 'optimalCombinationWordErrorRate', heading: 'ORC-WER %', unit: 'percent' },
  { key: 'wordDiarizationErrorRate', heading: 'WDER %', unit: 'percent' },
  { key: 'characterErrorRate', heading: 'CER %', unit: 'percent' },
  { key: 'referenceWordCount', heading: 'words', unit: 'count' },
  { key: 'referenceCharacterCount', heading: 'of them characters', unit: 'count', detail: true },
  { key: 'substitutions', heading: 'subst.', unit: 'count' },
  { key: 'deletions', heading: 'del.', unit: 'count' },
  { key: 'insertions', heading: 'ins.', unit: 'count' },
];

export type WordScoringOptions = {
  readonly normaliser: Normaliser;
  /** Of tcpWER, on each side. */
  readonly collarSeconds: number;
  /** Character error rate costs time for long recordings. */
  readonly characters: boolean;
  /** ORC-WER is exact, and so for short recordings only. */
  readonly orc: boolean;
};

/** A recording to score by its words. */
export type WordPair = {
  readonly recording: string;
  readonly reference: TranscriptResult;
  readonly hypothesis: TranscriptResult;
};

type Scores = {
  readonly words: WordError;
  /** Words of the reference that are single characters, because its script has no spaces. */
  readonly characterWords: number;
  readonly characters: WordError | undefined;
  /** Absent where a side names no speakers. */
  readonly attributed: AttributedScores | undefined;
};
type AttributedScores = {
  readonly cp: AttributedWordError;
  readonly timeConstrained: AttributedWordError;
  readonly invariant: AttributedWordError;
  readonly optimal: AttributedWordError | undefined;
  readonly speakers: WordDiarizationError;
};

/** Word metrics of every recording, and of all together (sums of counts). */
export function scoreWords(pairs: readonly WordPair[], options: WordScoringOptions): Report {
  const scores = pairs.map((pair) => ({ recording: pair.recording, ...scorePair(pair, options) }));
  const characters = scores.flatMap((score) => score.characters ?? []);
  const attributed = scores.flatMap((score) => score.attributed ?? []);
  const total: Scores = {
    words: sumWordErrors(scores.map((score) => score.words)),
    characterWords: scores.reduce((sum, score) => sum + score.characterWords, 0),
    characters: characters.length === 0 ? undefined : sumWordErrors(characters),
    // A total over some of the recordings only would mislead.
    attributed: attributed.length < scores.length ? undefined : sumAttributed(attributed),
  };
  const left = [
    ...(options.characters ? [] : ['characterErrorRate']),
    ...(options.orc ? [] : ['optimalCombinationWordErrorRate']),
  ];
  const columns = COLUMNS.filter(({ key }) => !left.includes(key));
  return {
    columns,
    rows: scores.map((score) => ({ recording: score.recording, values: valuesOf(score) })),
    total: valuesOf(total),
    ...(total.characterWords === 0 ? {} : { note: CHARACTERS_COUNTED }),
  };
}

/** What the table says below itself. */
const CHARACTERS_COUNTED =
  'Chinese, Japanese, Thai, Lao, Khmer and Burmese have no spaces between words: each of their characters counts as a word, so WER is CER there.';

/** True where a transcript says who speaks; one without any words says all there is to say. */
export function namesSpeakers(result: TranscriptResult): boolean {
  return result.utterances.length === 0 || result.utterances.some((utterance) => utterance.speaker !== null);
}

function scorePair({ reference, hypothesis }: WordPair, options: WordScoringOptions): Scores {
  const truth = utterancesOf(reference, options.normaliser);
  const found = utterancesOf(hypothesis, options.normaliser);
  const [truthWords, foundWords] = [wordsOf(truth), wordsOf(found)];
  const { collarSeconds } = options;
  return {
    words: tokenError(truthWords, foundWords),
    characterWords: truthWords.filter(isCharacterToken).length,
    characters: options.characters ? tokenError(charactersOf(truth), charactersOf(found)) : undefined,
    attributed:
      namesSpeakers(reference) && namesSpeakers(hypothesis)
        ? {
            cp: cpWordError(truth, found),
            timeConstrained: timeConstrainedCpWordError(truth, found, { collarSeconds }),
            invariant: diarizationInvariantCpWordError(truth, found),
            optimal: options.orc ? orcWordError(truth, found) : undefined,
            speakers: wordDiarizationError(truth, found),
          }
        : undefined,
  };
}

function sumAttributed(scores: readonly AttributedScores[]): AttributedScores {
  const optimal = scores.flatMap((score) => score.optimal ?? []);
  return {
    optimal: optimal.length === 0 ? undefined : attributedError(optimal),
    cp: attributedError(scores.map((score) => score.cp)),
    timeConstrained: attributedError(scores.map((score) => score.timeConstrained)),
    invariant: attributedError(scores.map((score) => score.invariant)),
    speakers: sumWordDiarizationErrors(scores.map((score) => score.speakers)),
  };
}

function valuesOf({ words, characterWords, characters, attributed }: Scores): ReportValues {
  return {
    wordErrorRate: words.errorRate,
    cpWordErrorRate: attributed?.cp.errorRate ?? null,
    timeConstrainedCpWordErrorRate: attributed?.timeConstrained.errorRate ?? null,
    diarizationInvariantCpWordErrorRate: attributed?.invariant.errorRate ?? null,
    optimalCombinationWordErrorRate: attributed?.optimal?.errorRate ?? null,
    wordDiarizationErrorRate: attributed?.speakers.errorRate ?? null,
    characterErrorRate: characters?.errorRate ?? null,
    referenceWordCount: words.referenceLength,
    referenceCharacterCount: characterWords,
    substitutions: words.substitutions,
    deletions: words.deletions,
    insertions: words.insertions,
  };
}

/** Utterances with normalised words; those that nothing is left of are gone. */
function utterancesOf(result: TranscriptResult, normaliser: Normaliser): SpokenUtterance[] {
  return result.utterances
    .map(({ speaker, startSeconds, endSeconds, text }) => ({
      speaker: speaker ?? '',
      startSeconds,
      endSeconds,
      words: scoredTokens(NORMALISE[normaliser](text)),
    }))
    .filter((utterance) => utterance.words.length > 0);
}

/** All characters, with the spaces that words have between them. */
function charactersOf(utterances: readonly SpokenUtterance[]): string[] {
  return Array.from(joinWords(wordsOf(utterances).map((text) => ({ text }))));
}

/** All words, utterances by start. */
function wordsOf(utterances: readonly SpokenUtterance[]): string[] {
  return inOrder(utterances).flatMap((utterance) => utterance.words);
}
