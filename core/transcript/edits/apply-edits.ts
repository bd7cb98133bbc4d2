import type { Edit, SkippedEdit } from '../../result/edit.ts';
import {
  isTranscript,
  type DiarizationResult,
  type SpeakerSummary,
  type TranscriptResult,
} from '../../result/result.ts';
import { findPauses } from '../pauses.ts';
import { summariseSpeakers } from '../result-from-segments.ts';
import { summarizeSpeakers } from '../speaker-summaries.ts';
import { Editing } from './editing.ts';

/** A result after edits, and those of them that no longer fitted. */
export type EditedResult<T> = { readonly result: T; readonly skipped: readonly SkippedEdit[] };

/**
 * The result after edits. Pure and total: the same result and edits give the same; an edit that does not fit (a speaker
 * that was merged away, a word that was removed) changes nothing and is reported.
 *
 * What it keeps true: words by start, each in one utterance; turns follow the words that changed their speaker; speakers
 * that say nothing any more are gone.
 *
 * @param result as it came from the models; it stays as it is
 */
export function applyEdits<T extends DiarizationResult | TranscriptResult>(
  result: T,
  edits: readonly Edit[],
): EditedResult<T> {
  const editing = new Editing(result);
  const skipped = edits.flatMap((edit, index) => {
    const reason = editing.apply(edit);
    return reason === undefined ? [] : [{ index, reason }];
  });
  if (skipped.length === edits.length) return { result, skipped };
  const edited = { ...result, turns: editing.turns, exclusiveTurns: editing.exclusiveTurns };
  if (isTranscript(edited)) {
    const { utterances } = editing;
    const words = utterances
      .flatMap((utterance) => utterance.words)
      .sort((a, b) => a.startSeconds - b.startSeconds);
    Object.assign(edited, { utterances, words, pauses: pausesOf(edited, words) });
  }
  Object.assign(edited, { speakers: speakersOf(result, edited, editing) });
  return { result: withoutVectorsOfOthers(edited), skipped };
}

/** By the threshold that the result was made with, as far as its pauses tell. */
function pausesOf(
  { pauses }: TranscriptResult,
  words: TranscriptResult['words'],
): TranscriptResult['pauses'] {
  if (pauses.length === 0) return pauses;
  const shortest = pauses.reduce(
    (least, { startSeconds, endSeconds }) => Math.min(least, endSeconds - startSeconds),
    Infinity,
  );
  return findPauses(words, shortest);
}

function speakersOf(
  before: DiarizationResult,
  after: DiarizationResult | TranscriptResult,
  { labels, names, isRecount }: Editing,
): SpeakerSummary[] {
  const counted = isRecount ? recounted(after, labels) : before.speakers;
  return counted.map(({ name: _old, ...speaker }) => {
    const name = names.get(speaker.label);
    return name === undefined ? speaker : { ...speaker, name };
  });
}

/** In the order in which they were; new ones come last. */
function recounted(
  result: DiarizationResult | TranscriptResult,
  labels: readonly string[],
): readonly SpeakerSummary[] {
  const byLabel = new Map(summariseSpeakers(result.turns).map((speaker) => [speaker.label, speaker]));
  const speaking = isTranscript(result)
    ? new Set(result.utterances.map(({ speaker }) => speaker))
    : new Set<string | null>();
  const summaries = labels.flatMap((label) => {
    const known = byLabel.get(label);
    if (known !== undefined) return [known];
    return speaking.has(label) ? [{ label, speakingSeconds: 0, turnCount: 0 }] : [];
  });
  return isTranscript(result) ? summarizeSpeakers(summaries, result.turns, result.words) : summaries;
}

/** A vector of a label that is gone is nobody's. */
function withoutVectorsOfOthers<T extends DiarizationResult | TranscriptResult>(result: T): T {
  if (!('speakerEmbeddings' in result)) return result;
  const { space, vectors } = result.speakerEmbeddings;
  const labels = new Set(result.speakers.map(({ label }) => label));
  return {
    ...result,
    speakerEmbeddings: { space, vectors: vectors.filter(({ speaker }) => labels.has(speaker)) },
  };
}
