import { InvalidInputError } from '../errors.ts';
import type { Turn } from '../timeline/turns.ts';
import type { DiarizationResult, TranscriptResult, Utterance } from '../result/result.ts';
import { resultFromTurns, resultFromUtterances } from '../transcript/result-from-segments.ts';
import { readCtm } from './annotations/ctm.ts';
import { readResultJson } from './json.ts';
import { readRttm } from './annotations/rttm.ts';
import { readSegLst } from './annotations/seglst.ts';
import { readSrt } from './subtitles/srt.ts';
import { readStm } from './annotations/stm.ts';
import { readTextGrid } from './annotations/textgrid.ts';
import { readVtt } from './subtitles/vtt.ts';

/**
 * Recordings of a file by name, at least one. A format without names gives one under the empty name; so does a file
 * without a line, which is what the formats that have a name on each line make of silence.
 */
export type ReadResults = ReadonlyMap<string, DiarizationResult | TranscriptResult>;

/** Reader by ending of the file name. */
const READERS = {
  json: readJson,
  rttm: (text: string) => eachTurns(readRttm(text)),
  stm: (text: string) => eachUtterances(readStm(text)),
  ctm: (text: string) => eachUtterances(readCtm(text)),
  srt: (text: string) => single(readSrt(text)),
  vtt: (text: string) => single(readVtt(text)),
  textgrid: (text: string) => single(readTextGrid(text)),
} as const satisfies Readonly<Record<string, (text: string) => ReadResults>>;

/** Endings of files that results can be read from, in lower case without the dot. */
export const READABLE_EXTENSIONS = Object.keys(READERS);

/**
 * Reads the results of a file. `json` is our own, or SegLST where it is a list.
 *
 * @param extension ending of its name, in any case
 * @throws InvalidInputError `invalid_option` for an unknown ending, `invalid_file` with the place where it is broken
 */
export function readResults(text: string, extension: string): ReadResults {
  const name = extension.toLowerCase();
  if (Object.hasOwn(READERS, name)) return READERS[name as keyof typeof READERS](text);
  if (name === 'uem') {
    throw new InvalidInputError(
      'invalid_option',
      'A UEM names the regions that are scored and holds no result: expected one of the results that belong to it.',
    );
  }
  throw new InvalidInputError(
    'invalid_option',
    `Expected a file ending in ${READABLE_EXTENSIONS.join(', ')}; got ${JSON.stringify(extension)}.`,
  );
}

function readJson(text: string): ReadResults {
  if (/^\uFEFF?\s*\[/.test(text)) return eachUtterances(readSegLst(text));
  return new Map([['', readResultJson(text)]]);
}

function single(utterances: readonly Utterance[]): ReadResults {
  return new Map([['', resultFromUtterances(utterances)]]);
}

function eachTurns(recordings: ReadonlyMap<string, readonly Turn[]>): ReadResults {
  if (recordings.size === 0) return new Map([['', resultFromTurns([])]]);
  return new Map([...recordings].map(([name, turns]) => [name, resultFromTurns(turns)]));
}

function eachUtterances(recordings: ReadonlyMap<string, readonly Utterance[]>): ReadResults {
  if (recordings.size === 0) return single([]);
  return new Map([...recordings].map(([name, utterances]) => [name, resultFromUtterances(utterances)]));
}
