import { readFileSync, statSync } from 'node:fs';
import { Option } from 'commander';
import * as z from 'zod';
import { presetNameOf } from '../../../core/diarization/preset-name.ts';
import { findPreset } from '../../../core/diarization/presets.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import { fileUnavailable } from '../../../core/file-unavailable.ts';
import { presetFileSchema, PRESET_FILE_VERSION } from '../../../core/result/preset-file.ts';

/** A preset file has a few settings. */
const MOST_BYTES = 1 << 20;

/** `--preset`: a name, or a file of `colloquy tune --apply`. */
export function presetOption(description: string): Option {
  return new Option('--preset <name>', `${description}; or a file of colloquy tune --apply`).argParser(
    readPreset,
  );
}

/**
 * The name of a preset, of the one in a file where a file is given.
 *
 * @throws InputUnavailableError `file_not_found`, `file_not_readable`; InvalidInputError `invalid_file`, `invalid_option`
 */
export function readPreset(text: string): string {
  if (!text.endsWith('.json')) return text;
  const parsed = presetFileSchema.safeParse(readJson(text));
  if (!parsed.success) throw invalid(text, z.prettifyError(parsed.error));
  const name = presetNameOf(parsed.data);
  findPreset(name);
  return name;
}

function readJson(path: string): unknown {
  let text: string;
  try {
    if (statSync(path).size > MOST_BYTES) throw invalid(path, `it is larger than ${MOST_BYTES} bytes`);
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw cause instanceof InvalidInputError ? cause : fileUnavailable(path, cause);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw invalid(path, 'it is no JSON');
  }
  const version = (json as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (typeof version === 'number' && version > PRESET_FILE_VERSION) {
    throw invalid(path, `it is of version ${version}, this program reads up to ${PRESET_FILE_VERSION}`);
  }
  return json;
}

function invalid(path: string, reason: string): InvalidInputError {
  return new InvalidInputError('invalid_file', `Expected ${path} to be a preset file: ${reason}.`);
}
