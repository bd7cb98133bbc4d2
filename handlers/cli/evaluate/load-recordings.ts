import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { InvalidInputError, isSpeechError } from '../../../core/errors.ts';
import { READABLE_EXTENSIONS, readResults, type ReadResults } from '../../../core/formats/readers.ts';
import { readStmIgnored } from '../../../core/formats/annotations/stm.ts';
import { readUem } from '../../../core/formats/annotations/uem.ts';
import type { Segment } from '../../../core/timeline/turns.ts';
import type { DiarizationResult, TranscriptResult } from '../../../core/result/result.ts';
import { parseInputFile, withFileErrors } from '../../work/files/read-input-file.ts';

/** One recording as a file describes it. */
export type LoadedRecording = {
  /** What it is paired by: the stem of its file, or its own name where the file holds several. */
  readonly name: string;
  /** Its name inside the file: what a UEM file calls it. */
  readonly recordingId: string;
  /** Regions that its file wants left out of scores. */
  readonly unscored: readonly Segment[];
  readonly result: DiarizationResult | TranscriptResult;
};

/** Which files of a folder have to be readable. */
export type LoadOptions = {
  /**
   * Names of recordings: files of other names, which lie in the folder for another purpose, need not be readable, nor one
   * of the same name beside another that is. @default every file has to be
   */
  readonly wanted?: ReadonlySet<string>;
  /** Told of each file that was left out. */
  readonly onLeftOut?: (file: string) => void;
};

/**
 * The recordings of a file, or of every file of a known kind in a folder.
 *
 * @throws InputUnavailableError where the path cannot be read
 * @throws InvalidInputError `invalid_file` with file and line, `invalid_option` where no file is of a known kind or
 *   two describe the same recording
 */
export async function loadRecordings(
  path: string,
  { wanted, onLeftOut }: LoadOptions = {},
): Promise<Map<string, LoadedRecording>> {
  const recordings = new Map<string, LoadedRecording>();
  const unreadable = new Map<string, unknown>();
  const endings = READABLE_EXTENSIONS.map((extension) => `.${extension}`);
  const files = await filesOf(path, endings);
  for (const file of files) {
    const found = await recordingsIn(file).catch((error: unknown) => {
      if (wanted === undefined || !isInvalidFile(error) || files.length === 1) throw error;
      unreadable.set(file, error);
      return [];
    });
    for (const recording of found) {
      if (recordings.has(recording.name)) {
        throw new InvalidInputError('invalid_option', `Two files describe the recording ${recording.name}.`);
      }
      recordings.set(recording.name, recording);
    }
  }
  for (const [file, error] of unreadable) {
    const stem = basename(file, extname(file));
    if (wanted?.has(stem) && !recordings.has(stem)) throw error;
    onLeftOut?.(basename(file));
  }
  return recordings;
}

async function recordingsIn(file: string): Promise<LoadedRecording[]> {
  const ending = extname(file).slice(1).toLowerCase();
  const { contents, unscored } = await parseInputFile(file, (text) => ({
    contents: readResults(text, ending),
    unscored: ending === 'stm' ? readStmIgnored(text) : new Map<string, Segment[]>(),
  }));
  return recordingsOf(file, contents, unscored);
}

function isInvalidFile(error: unknown): boolean {
  return isSpeechError(error) && error.code === 'invalid_file';
}

/** Stems of the files of a folder, or of a file: what recordings there are called. */
export async function namesIn(path: string): Promise<Set<string>> {
  const isFolder = (await withFileErrors(path, () => stat(path))).isDirectory();
  const files = isFolder ? await withFileErrors(path, () => readdir(path)) : [basename(path)];
  return new Set(files.map((file) => basename(file, extname(file))));
}

/** Scored regions by recording, of a UEM file or of every one in a folder. */
export async function loadUem(path: string): Promise<Map<string, Segment[]>> {
  const regions = new Map<string, Segment[]>();
  for (const file of await filesOf(path, ['.uem'])) {
    for (const [recording, segments] of await parseInputFile(file, readUem)) {
      regions.set(recording, [...(regions.get(recording) ?? []), ...segments]);
    }
  }
  return regions;
}

function recordingsOf(
  file: string,
  contents: ReadResults,
  unscored: ReadonlyMap<string, readonly Segment[]>,
): LoadedRecording[] {
  const stem = basename(file, extname(file));
  return [...contents].map(([recordingId, result]) => ({
    name: contents.size === 1 ? stem : recordingId,
    recordingId: recordingId === '' ? stem : recordingId,
    unscored: unscored.get(recordingId) ?? [],
    result,
  }));
}

/** The file itself, or the files of a folder with one of these endings, by name. */
async function filesOf(path: string, endings: readonly string[]): Promise<string[]> {
  const isFolder = (await withFileErrors(path, () => stat(path))).isDirectory();
  const candidates = isFolder
    ? (await withFileErrors(path, () => readdir(path))).sort().map((name) => join(path, name))
    : [path];
  const files = candidates.filter((file) => endings.includes(extname(file).toLowerCase()));
  if (files.length > 0) return files;
  throw new InvalidInputError(
    'invalid_option',
    `Expected ${isFolder ? 'a folder with files' : 'a file'} ending in ${endings.join(', ')}; got ${path}.`,
  );
}
