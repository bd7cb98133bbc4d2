import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { InputUnavailableError, InvalidInputError, isSpeechError } from '../../../core/errors.ts';
import { readResultJson } from '../../../core/formats/json.ts';
import { readRttm } from '../../../core/formats/rttm.ts';
import { readUem } from '../../../core/formats/uem.ts';
import type { Segment, Turn } from '../../../core/timeline/turns.ts';

/** One recording as a file describes it. */
export type LoadedRecording = {
  /** What it is paired by: the stem of its file, or its own name where the file holds several. */
  readonly name: string;
  /** Its name inside the file: what a UEM file calls it. */
  readonly recordingId: string;
  readonly turns: readonly Turn[];
};

/** Reader by file ending: text → recording → turns. */
const READERS: Readonly<Record<string, (text: string) => Map<string, readonly Turn[]>>> = {
  '.rttm': readRttm,
  '.json': (text) => new Map([['', readResultJson(text).turns]]),
};

/**
 * The recordings of a file, or of every file of a known kind in a folder.
 *
 * @throws InputUnavailableError where the path cannot be read
 * @throws InvalidInputError `invalid_file` with file and line, `invalid_option` where no file is of a known kind or
 *   two describe the same recording
 */
export async function loadRecordings(path: string): Promise<Map<string, LoadedRecording>> {
  const known = Object.keys(READERS);
  const recordings = new Map<string, LoadedRecording>();
  for (const file of await filesOf(path, known)) {
    const contents = await readNamed(file, READERS[extname(file).toLowerCase()]!);
    for (const recording of recordingsOf(file, contents)) {
      if (recordings.has(recording.name)) {
        throw new InvalidInputError('invalid_option', `Two files describe the recording ${recording.name}.`);
      }
      recordings.set(recording.name, recording);
    }
  }
  return recordings;
}

/** Scored regions by recording, of a UEM file or of every one in a folder. */
export async function loadUem(path: string): Promise<Map<string, Segment[]>> {
  const regions = new Map<string, Segment[]>();
  for (const file of await filesOf(path, ['.uem'])) {
    for (const [recording, segments] of await readNamed(file, readUem)) {
      regions.set(recording, [...(regions.get(recording) ?? []), ...segments]);
    }
  }
  return regions;
}

function recordingsOf(file: string, contents: ReadonlyMap<string, readonly Turn[]>): LoadedRecording[] {
  const stem = basename(file, extname(file));
  if (contents.size === 0) return [{ name: stem, recordingId: stem, turns: [] }];
  return [...contents].map(([recordingId, turns]) => ({
    name: contents.size === 1 ? stem : recordingId,
    recordingId: recordingId === '' ? stem : recordingId,
    turns,
  }));
}

/** The file itself, or the files of a folder with one of these endings, by name. */
async function filesOf(path: string, endings: readonly string[]): Promise<string[]> {
  const isFolder = (await accessed(path, () => stat(path))).isDirectory();
  const candidates = isFolder
    ? (await accessed(path, () => readdir(path))).sort().map((name) => join(path, name))
    : [path];
  const files = candidates.filter((file) => endings.includes(extname(file).toLowerCase()));
  if (files.length > 0) return files;
  throw new InvalidInputError(
    'invalid_option',
    `Expected ${isFolder ? 'a folder with files' : 'a file'} ending in ${endings.join(' or ')}, got ${path}.`,
  );
}

/** What the reader makes of a file; its errors name the file. */
async function readNamed<T>(file: string, read: (text: string) => T): Promise<T> {
  const text = await accessed(file, () => readFile(file, 'utf8'));
  try {
    return read(text);
  } catch (error) {
    if (!isSpeechError(error)) throw error;
    throw new InvalidInputError(error.code, `${file}: ${error.message}`, {
      details: error.details,
      cause: error,
    });
  }
}

async function accessed<T>(path: string, access: () => Promise<T>): Promise<T> {
  try {
    return await access();
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const code = missing ? 'file_not_found' : 'file_not_readable';
    throw new InputUnavailableError(
      code,
      `Expected a readable file or folder, ${path} ${missing ? 'is missing' : 'cannot be read'}.`,
      { cause },
    );
  }
}
