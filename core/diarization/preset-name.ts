/** Presets with settings of their own as one name, so that whatever takes a preset takes them. */
import { InvalidInputError } from '../errors.ts';
import type { ResolutionOptions } from '../resolution/resolution-options.ts';
import { readSetting, type Setting, type Settings, withSettings } from '../resolution/settings.ts';
import type { PresetFile } from '../result/preset-file.ts';

/** A name and the text of its settings; undefined without any. */
export function splitPresetName(name: string): { readonly base: string; readonly settings?: string } {
  const separator = name.indexOf('?');
  if (separator === -1) return { base: name };
  return { base: name.slice(0, separator), settings: name.slice(separator + 1) };
}

/** `embedded?clustering.threshold=0.7&minAloneShare=0.1`; settings in alphabetical order, so equal presets are equal. */
export function presetWithSettings(base: string, settings: Settings): string {
  const parts = Object.entries(settings)
    .map(([path, value]) => `${path}=${value}`)
    .sort();
  return parts.length === 0 ? base : `${base}?${parts.join('&')}`;
}

/** The name of what a caller gives: a name, or the contents of a file. */
export function presetNameOf(preset: string | PresetFile): string {
  return typeof preset === 'string' ? preset : presetWithSettings(preset.base, preset.resolution);
}

/**
 * Options changed by the settings of a name.
 *
 * @throws InvalidInputError `invalid_option` for unknown settings and values out of range
 */
export function withNamedSettings(options: ResolutionOptions, text: string): ResolutionOptions {
  const settings = text.split('&').map((pair): [string, Setting] => {
    const [path = '', value = '', ...rest] = pair.split('=');
    const present = readSetting(options, path);
    if (rest.length > 0 || value === '') throw invalid(path, value);
    if (typeof present === 'string') return [path, value];
    if (typeof present === 'boolean') {
      if (value !== 'true' && value !== 'false') throw invalid(path, value);
      return [path, value === 'true'];
    }
    if (!Number.isFinite(Number(value))) throw invalid(path, value);
    return [path, Number(value)];
  });
  return withSettings(options, Object.fromEntries(settings));
}

function invalid(path: string, value: string): InvalidInputError {
  return new InvalidInputError(
    'invalid_option',
    `Expected ${path} to have a value of its kind, got ${JSON.stringify(value.slice(0, 100))}.`,
    { details: { option: 'preset' } },
  );
}
