import type { TranscriptResult } from '../../result/result.ts';
import { writtenWords } from '../../transcript/written-words.ts';
import { pythonJson, PythonFloat, type PythonValue } from '../writing/python-json.ts';
import { speakerNamer, type RenderOptions } from '../render-options.ts';

/** A word of WhisperX; one that could not be aligned has no times. */
export type WhisperxWord = {
  readonly word: string;
  readonly start?: number;
  readonly end?: number;
  readonly score?: number;
  readonly speaker?: string;
};

/** A segment of WhisperX; times in seconds. */
export type WhisperxSegment = {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly speaker?: string;
  readonly words?: readonly WhisperxWord[];
};

/** What WhisperX's `transcribe`, `align` and `assign_word_speakers` give. */
export type WhisperxTranscript = { readonly language: string; readonly segments: readonly WhisperxSegment[] };

/** Our transcript in the form of WhisperX: a segment for each utterance. */
export function toWhisperx(result: TranscriptResult): WhisperxTranscript {
  const nameOf = speakerNamer(result);
  const speakerField = (speaker: string | null) => (speaker === null ? {} : { speaker: nameOf(speaker) });
  return {
    language: result.language ?? '',
    segments: result.utterances.map((utterance) => ({
      start: utterance.startSeconds,
      end: utterance.endSeconds,
      text: ` ${utterance.text}`,
      ...(utterance.words.length === 0
        ? {}
        : {
            words: writtenWords(utterance.words).map((word) => ({
              word: word.text,
              start: word.startSeconds,
              end: word.endSeconds,
              ...(word.confidence === undefined ? {} : { score: word.confidence }),
              ...speakerField(word.speaker),
            })),
          }),
      ...speakerField(utterance.speaker),
    })),
  };
}

/** WhisperX's JSON, as Python's `json.dump(…, ensure_ascii=False)` writes it. */
export function writeWhisperxJson(transcript: WhisperxTranscript): string {
  return pythonJson(withFloats(transcript));
}

/** A transcript as WhisperX's JSON. */
export function renderWhisperxJson(result: TranscriptResult, _options: RenderOptions = {}): string {
  return writeWhisperxJson(toWhisperx(result));
}

/** Every number of the form is a float in Python: 2 is written 2.0. */
function withFloats(value: unknown): PythonValue {
  if (typeof value === 'number') return new PythonFloat(value);
  if (Array.isArray(value)) return value.map(withFloats);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withFloats(entry)]));
  }
  return value as PythonValue;
}
