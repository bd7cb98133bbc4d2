import { QUIET_TO_RECOGNISERS_DBFS, SpeechRaiser } from '../audio/level/quiet-speech.ts';
import type { AudioBlocks } from '../audio/waveform.ts';
import { throwIfAborted } from '../errors.ts';
import { samplesToSeconds } from '../timeline/sliding-window.ts';
import type { Segment } from '../timeline/turns.ts';
import type { ResultWarning } from '../result/result.ts';
import { doubtfulSpeech } from './doubtful-speech.ts';
import { recognisePieces } from './pieces/recognise-pieces.ts';
import type { RecognisedSegment, Recogniser, RecognitionOptions } from './recogniser.ts';
import { chooseRecogniser } from './language/choose-recogniser.ts';
import { LanguageChanges } from './language/language-changes.ts';
import {
  DEFAULT_SPLIT_OPTIONS,
  PACKED_SPLIT_OPTIONS,
  type SpeechPiece,
  splitSpeech,
} from './pieces/split-speech.ts';
import { spokenText, UNSPOKEN_DROPPED } from './spoken-text.ts';
import type { TranscriptionModels } from './transcription-models.ts';

export type RecogniseRecordingOptions = RecognitionOptions & {
  readonly clips?: readonly Segment[] | undefined;
};

export type RecogniseRecordingContext = {
  /** Text as soon as it is final, in order of time. */
  readonly onText?: ((segment: RecognisedSegment) => void) | undefined;
  /** Called with each piece of speech as soon as it is cut, before it is recognised. */
  readonly onPiece?: ((piece: SpeechPiece) => void) | undefined;
  /** Called once it is known who writes down, and in which language where that was asked or found out. */
  readonly onRecogniser?: ((recogniser: Recogniser, language: string | null) => void) | undefined;
  /** Called as pieces are done, with the seconds recognised so far. */
  readonly onProgress?: ((seconds: number) => void) | undefined;
};

/** What recognition alone finds. */
export type RecognisedRecording = {
  /** By time. */
  readonly texts: readonly RecognisedSegment[];
  /** That of most pieces; `null` where it is not known. */
  readonly language: string | null;
  /** Who wrote it down. */
  readonly recogniserId: string;
  /** One of each code. */
  readonly warnings: readonly ResultWarning[];
  readonly sampleCount: number;
};

/** Cuts a recording at pauses and recognises the pieces, while it is still being decoded. */
export async function recogniseRecording(
  blocks: AudioBlocks,
  models: Pick<TranscriptionModels, 'recogniser' | 'multilingual' | 'vad' | 'aligner'>,
  options: RecogniseRecordingOptions,
  context: RecogniseRecordingContext,
): Promise<RecognisedRecording> {
  const { signal, clips } = options;
  const texts: RecognisedSegment[] = [];
  const languages: string[] = [];
  const warnings = new Map<string, ResultWarning>();
  let sampleCount = 0;
  const raiser = new SpeechRaiser(QUIET_TO_RECOGNISERS_DBFS);
  const counted = tapped(raiser.raise(blocks), (block) => (sampleCount += block.length));
  const chosen = await chooseRecogniser(counted, models, options);
  const { recogniser, language } = chosen;
  context.onRecogniser?.(recogniser, language);
  const { maxPieceSeconds, packsPieces } = recogniser.capabilities;
  const split = packsPieces === true ? PACKED_SPLIT_OPTIONS : DEFAULT_SPLIT_OPTIONS;
  const changes = new LanguageChanges();
  if (language !== null) changes.addOthers(chosen.others, language);
  const cut = splitSpeech(models.vad, chosen.blocks, { ...split, maxPieceSeconds, clips }, signal);
  const pieces = tapped(cut, (piece) => context.onPiece?.(piece));
  for await (const piece of recognisePieces(recogniser, pieces, { ...options, language }, models.aligner)) {
    throwIfAborted(signal);
    const spoken = spokenText(piece.segments, options.task === 'translate' ? 'en' : piece.language);
    if (spoken.length < piece.segments.length || spoken.some((text, index) => text !== piece.segments[index]))
      warnings.set(UNSPOKEN_DROPPED.code, UNSPOKEN_DROPPED);
    for (const segment of spoken) {
      texts.push(segment);
      context.onText?.(segment);
    }
    if (piece.language !== null) languages.push(piece.language);
    for (const warning of piece.warnings) warnings.set(warning.code, warning);
    changes.add(piece, piece.speechSeconds);
    context.onProgress?.(piece.endSeconds);
  }
  throwIfAborted(signal);
  context.onProgress?.(samplesToSeconds(sampleCount));
  const found = [
    ...raiser.warnings,
    ...chosen.warnings,
    ...changes.warnings(),
    ...doubtfulSpeech(texts),
    ...clipsBeyond(samplesToSeconds(sampleCount), clips),
  ];
  for (const warning of found) warnings.set(warning.code, warning);
  return {
    texts,
    language: mostFrequent(languages) ?? language,
    recogniserId: recogniser.id,
    warnings: [...warnings.values()],
    sampleCount,
  };
}

function clipsBeyond(endSeconds: number, clips: readonly Segment[] = []): ResultWarning[] {
  if (clips.every(({ startSeconds }) => startSeconds < endSeconds)) return [];
  const message = `The recording ends at ${endSeconds.toFixed(1)} s, before a stretch that was asked for begins.`;
  return [{ code: 'clip_beyond_end', message }];
}

async function* tapped<Item>(
  items: AsyncIterable<Item>,
  onItem: (item: Item) => void,
): AsyncGenerator<Item, void, undefined> {
  for await (const item of items) {
    onItem(item);
    yield item;
  }
}

/** The first of equals. */
function mostFrequent(values: readonly string[]): string | null {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let best: string | null = null;
  for (const [value, count] of counts) {
    if (best === null || count > counts.get(best)!) best = value;
  }
  return best;
}
