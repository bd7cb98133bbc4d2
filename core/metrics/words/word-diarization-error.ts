import { assignLinear } from '../../math/linear-assignment.ts';
import { alignTokens, TokenNumbering } from './edit-alignment.ts';
import { timedWords, type SpokenUtterance, type SpokenWord } from './spoken-utterance.ts';

/** Share of the recognised words that carry the wrong speaker. */
export type WordDiarizationError = {
  /** Reference words that have a hypothesis word: right or substituted. */
  readonly alignedWords: number;
  readonly wrongSpeakerWords: number;
  /** wrong speaker / aligned; 0 where nothing is aligned. */
  readonly errorRate: number;
  /** Hypothesis speaker → reference speaker. */
  readonly mapping: ReadonlyMap<string, string>;
};

/**
 * WDER: (correct words with the wrong speaker + substituted words with the wrong speaker) / (correct + substituted).
 *
 * Defined as in Shafey et al.: the words of all speakers, by their starts (`given` word times, else spread over the
 * utterance), are aligned as one text; inserted and deleted words do not count, so WDER goes with a WER. Speakers are
 * mapped one to one so that most aligned words agree; words of a speaker left over are wrong.
 *
 * @see L. El Shafey, H. Soltau, I. Shafran, "Joint Speech Recognition and Speaker Diarization via Sequence
 *   Transduction", Interspeech 2019, equation 1
 */
export function wordDiarizationError(
  reference: readonly SpokenUtterance[],
  hypothesis: readonly SpokenUtterance[],
): WordDiarizationError {
  const pairs = alignedWords(wordsByStart(reference), wordsByStart(hypothesis));
  const referenceSpeakers = indexOf(pairs.map(([word]) => word.speaker));
  const hypothesisSpeakers = indexOf(pairs.map(([, word]) => word.speaker));
  const [rows, columns] = [referenceSpeakers.size, hypothesisSpeakers.size];
  const common = new Float64Array(rows * columns);
  for (const [truth, found] of pairs) {
    common[referenceSpeakers.get(truth.speaker)! * columns + hypothesisSpeakers.get(found.speaker)!]! += 1;
  }
  const mapping = new Map<string, string>();
  let rightSpeakerWords = 0;
  const [referenceLabels, hypothesisLabels] = [[...referenceSpeakers.keys()], [...hypothesisSpeakers.keys()]];
  for (const [row, column] of assignLinear({ data: common, rows, columns }, { maximize: true }).entries()) {
    const words = column < 0 ? 0 : common[row * columns + column]!;
    if (words === 0) continue;
    rightSpeakerWords += words;
    mapping.set(hypothesisLabels[column]!, referenceLabels[row]!);
  }
  return sumWordDiarizationErrors(
    [{ alignedWords: pairs.length, wrongSpeakerWords: pairs.length - rightSpeakerWords }],
    mapping,
  );
}

/** WDER of several recordings: the counts are summed. */
export function sumWordDiarizationErrors(
  errors: readonly Pick<WordDiarizationError, 'alignedWords' | 'wrongSpeakerWords'>[],
  mapping: ReadonlyMap<string, string> = new Map(),
): WordDiarizationError {
  let [aligned, wrong] = [0, 0];
  for (const error of errors) {
    aligned += error.alignedWords;
    wrong += error.wrongSpeakerWords;
  }
  return {
    alignedWords: aligned,
    wrongSpeakerWords: wrong,
    errorRate: aligned === 0 ? 0 : wrong / aligned,
    mapping,
  };
}

/** The words of all speakers as one text. */
export function wordsByStart(utterances: readonly SpokenUtterance[]): SpokenWord[] {
  return utterances
    .flatMap((utterance) => timedWords(utterance, 'given'))
    .sort((a, b) => a.startSeconds - b.startSeconds);
}

/** Pairs of words that are equal or substituted for each other. */
function alignedWords(
  reference: readonly SpokenWord[],
  hypothesis: readonly SpokenWord[],
): [SpokenWord, SpokenWord][] {
  const numbering = new TokenNumbering();
  const runs = alignTokens(
    numbering.idsOf(reference.map((word) => word.text)),
    numbering.idsOf(hypothesis.map((word) => word.text)),
  );
  return runs
    .filter((run) => run.type === 'equal' || run.type === 'substitute')
    .flatMap((run) =>
      reference
        .slice(run.referenceStart, run.referenceEnd)
        .map((word, index): [SpokenWord, SpokenWord] => [word, hypothesis[run.hypothesisStart + index]!]),
    );
}

function indexOf(labels: readonly string[]): Map<string, number> {
  const index = new Map<string, number>();
  for (const label of labels) if (!index.has(label)) index.set(label, index.size);
  return index;
}
