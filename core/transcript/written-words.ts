/** Words as a reader counts them: recognisers part `J'empêche` and `co-workers` where no space stands. */
import type { TranscriptResult, Word } from '../result/result.ts';
import { isAttached, joinWords, type SpacedWord } from '../text/join-words.ts';

/** Runs of words that are written as one, most of them of a single word. */
export function attachedRuns<W extends SpacedWord>(words: readonly W[]): W[][] {
  const runs: W[][] = [];
  for (const word of words) {
    const run = runs.at(-1);
    if (run !== undefined && isAttached(word, run.at(-1)!)) run.push(word);
    else runs.push([word]);
  }
  return runs;
}

/**
 * Words that are written as one become one, with the mean of their confidences. `joinWords` makes the same text of
 * both; what is left of `spaceBefore` tells only of Chinese, Japanese and the like.
 *
 * @param words of one utterance
 */
export function writtenWords(words: readonly Word[]): Word[] {
  return attachedRuns(words).map(mergedWord);
}

/** The written words of all utterances, by start. */
export function writtenWordsOf(result: Pick<TranscriptResult, 'utterances'>): Word[] {
  return result.utterances
    .flatMap(({ words }) => writtenWords(words))
    .sort((a, b) => a.startSeconds - b.startSeconds);
}

function mergedWord(run: readonly Word[]): Word {
  const [first] = run as [Word];
  if (run.length === 1) return first;
  const confidences = run.flatMap(({ confidence }) => confidence ?? []);
  return {
    ...first,
    text: joinWords(run),
    endSeconds: run.reduce((end, { endSeconds }) => Math.max(end, endSeconds), first.endSeconds),
    ...(confidences.length === 0
      ? {}
      : { confidence: confidences.reduce((sum, value) => sum + value, 0) / confidences.length }),
    ...(run.some(({ overlapped }) => overlapped) ? { overlapped: true } : {}),
  };
}
