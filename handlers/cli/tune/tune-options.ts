/** The options of `colloquy tune` as its parts want them. */
import { readFile } from 'node:fs/promises';
import { InputUnavailableError, InvalidInputError } from '../../../core/errors.ts';
import type { ResolutionOptions } from '../../../core/resolution/resolution-options.ts';
import {
  isSettingPath,
  readSetting,
  type Setting,
  type Settings,
} from '../../../core/resolution/settings.ts';
import { checkSearchSpace, type SearchSpace } from '../../../core/tune/space/search-setting.ts';
import { searchSpaceOf } from '../../../core/tune/space/search-spaces.ts';
import { invalidOption } from '../options/option-parsers.ts';

/** `path=value` pairs; a value is of the kind that the setting has. */
export function fixedSettings(pairs: readonly string[], base: ResolutionOptions): Settings {
  return Object.fromEntries(
    pairs.map((pair): [string, Setting] => {
      const [, path = '', text = ''] = /^([\w.]{1,100})=(.{1,100})$/.exec(pair) ?? [];
      if (path === '') throw invalidOption('--fix', 'a setting and its value, as minAloneShare=0.1', pair);
      const present = readSetting(base, path);
      if (typeof present === 'number') {
        const value = Number(text);
        if (Number.isFinite(value)) return [path, value];
        throw invalidOption('--fix', `a number for ${path}`, text);
      }
      if (typeof present !== 'boolean') return [path, text];
      if (text === 'true' || text === 'false') return [path, text === 'true'];
      throw invalidOption('--fix', `true or false for ${path}`, text);
    }),
  );
}

/**
 * What is searched: the file, else the default of the preset's clustering; of it the settings that `--tune` names.
 */
export async function searchSpace(
  options: { readonly space?: string; readonly tune?: readonly string[] },
  base: ResolutionOptions,
): Promise<SearchSpace> {
  const space =
    options.space === undefined
      ? searchSpaceOf(base.clustering.method, (path) => isSettingPath(base, path))
      : checkSearchSpace(await readJson(options.space), base, options.space);
  if (options.tune === undefined) return space;
  return options.tune.map((path) => {
    const setting = space.find((candidate) => candidate.path === path);
    if (setting !== undefined) return setting;
    throw new InvalidInputError(
      'invalid_option',
      `${JSON.stringify(path.slice(0, 100))} is not among what is searched: ${space.map((own) => own.path).join(', ')}.`,
      { details: { option: '--tune' } },
    );
  });
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new InputUnavailableError('file_not_readable', `The search space ${path} cannot be read.`, {
      cause,
    });
  });
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new InvalidInputError('invalid_file', `The search space ${path} is no JSON.`, { cause });
  }
}
