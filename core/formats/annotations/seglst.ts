import { InvalidInputError } from '../../errors.ts';
import type { TranscriptResult, Utterance } from '../../result/result.ts';
import {
  arrayOf,
  invalidJson,
  objectOf,
  optional,
  parseJson,
  readNumber,
  readString,
  type JsonReader,
} from '../json-reader.ts';
import { recordingIdOf, speakerNamer, type RenderOptions } from '../render-options.ts';

/**
 * SegLST, the segment list of MeetEval and CHiME: an object for each utterance.
 *
 * @see https://github.com/fgnt/meeteval#segment-wise-long-form-speech-transcription-annotation-seglst
 */
export function renderSegLst(result: TranscriptResult, options: RenderOptions = {}): string {
  const nameOf = speakerNamer(result);
  const segments = result.utterances.map((utterance) => ({
    session_id: recordingIdOf(options),
    speaker: nameOf(utterance.speaker),
    start_time: utterance.startSeconds,
    end_time: utterance.endSeconds,
    words: utterance.text,
  }));
  return `${JSON.stringify(segments, null, 2)}\n`;
}

/** Numbers may come as text: CHiME keeps their exact decimals that way. */
const readTime: JsonReader<number> = (value, path) => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number))
    throw invalidJson(path, 'a time in seconds', value);
  return number;
};

const readSegments = arrayOf(
  objectOf<{ session_id?: string; speaker: string; start_time: number; end_time: number; words: string }>({
    session_id: optional(readString),
    speaker: (value, path) =>
      typeof value === 'number' ? String(readNumber(value, path)) : readString(value, path),
    start_time: readTime,
    end_time: readTime,
    words: readString,
  }),
);

/**
 * Reads SegLST.
 *
 * @returns session (empty where none is named) → utterances in the order of the file, without word times
 * @throws InvalidInputError `invalid_file` with the place
 */
export function readSegLst(text: string): Map<string, Utterance[]> {
  const sessions = new Map<string, Utterance[]>();
  for (const [index, segment] of readSegments(parseJson(text), '').entries()) {
    const {
      session_id: session = '',
      speaker,
      start_time: startSeconds,
      end_time: endSeconds,
      words,
    } = segment;
    if (endSeconds < startSeconds) {
      throw new InvalidInputError(
        'invalid_file',
        `SegLST: expected an end that is not before the start at [${index}].`,
      );
    }
    const utterances = sessions.get(session) ?? [];
    sessions.set(session, utterances);
    utterances.push({ speaker, startSeconds, endSeconds, text: words, words: [] });
  }
  return sessions;
}
