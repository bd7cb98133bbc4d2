import { InvalidInputError } from '../errors.ts';
import { checkResolutionOptions, type ResolutionOptions } from './resolution-options.ts';

/** A value of a setting. */
export type Setting = number | string | boolean;

/** Settings by path, such as `clustering.threshold`. */
export type Settings = Readonly<Record<string, Setting>>;

/** What is no setting of a recording's resolution that could be tuned. */
const FIXED = new Set(['clustering.method', 'numSpeakers', 'minSpeakers', 'maxSpeakers', 'compatible']);

/** Paths of everything that may be set, with its present value. */
function leavesOf(options: ResolutionOptions): Map<string, Setting> {
  const leaves = new Map<string, Setting>();
  const visit = (value: unknown, path: string): void => {
    if (FIXED.has(path)) return;
    if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') {
      leaves.set(path, value);
    } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [key, child] of Object.entries(value)) visit(child, path === '' ? key : `${path}.${key}`);
    }
  };
  visit(options, '');
  return leaves;
}

/** True where the options have such a setting. */
export function isSettingPath(options: ResolutionOptions, path: string): boolean {
  return leavesOf(options).has(path);
}

/** @throws InvalidInputError `invalid_option` that names the known settings */
export function readSetting(options: ResolutionOptions, path: string): Setting {
  const leaves = leavesOf(options);
  const value = leaves.get(path);
  if (value !== undefined) return value;
  throw new InvalidInputError(
    'invalid_option',
    `There is no setting ${JSON.stringify(path.slice(0, 100))} here; known are ${[...leaves.keys()].join(', ')}.`,
    { details: { option: path.slice(0, 100) } },
  );
}

/**
 * The options with some settings changed.
 *
 * @throws InvalidInputError `invalid_option` for unknown settings, values of another kind or out of range
 */
export function withSettings(options: ResolutionOptions, settings: Settings): ResolutionOptions {
  const changed = structuredClone(options) as unknown as Record<string, unknown>;
  for (const [path, value] of Object.entries(settings)) {
    const present = readSetting(options, path);
    if (typeof present !== typeof value) {
      throw new InvalidInputError(
        'invalid_option',
        `Expected ${path} to be a ${typeof present}, got ${JSON.stringify(value)}.`,
        { details: { option: path } },
      );
    }
    setAt(changed, path.split('.'), value);
  }
  const result = changed as unknown as ResolutionOptions;
  checkResolutionOptions(result);
  return result;
}

function setAt(target: Record<string, unknown>, [first, ...rest]: readonly string[], value: Setting): void {
  if (rest.length === 0) target[first!] = value;
  else setAt(target[first!] as Record<string, unknown>, rest, value);
}

/** The settings in which two options of one clustering method differ: those of the second. */
export function differingSettings(base: ResolutionOptions, options: ResolutionOptions): Settings {
  const before = leavesOf(base);
  return Object.fromEntries([...leavesOf(options)].filter(([path, value]) => before.get(path) !== value));
}
