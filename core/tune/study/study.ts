import { InvalidInputError } from '../../errors.ts';
import type { ScoringOptions } from '../../metrics/diarization/scored-cells.ts';
import type { ResolutionOptions } from '../../resolution/resolution-options.ts';
import { JOURNAL_FORMAT, type SamplerName, type StudyLine } from '../journal/journal-lines.ts';
import type { SearchSpace } from '../space/search-setting.ts';
import { readSetting, withSettings, type Settings } from '../../resolution/settings.ts';
import { isWithin } from '../tpe/distribution.ts';
import { assignFolds } from './folds.ts';
import type { TuneMetric } from './metric.ts';
import { hashOf, type TunedRecording } from './tuned-recording.ts';

/** What is tuned, how and on what. */
export type StudyOptions = {
  /** Name of the preset, and its options of resolution. */
  readonly preset: string;
  readonly base: ResolutionOptions;
  readonly metric: TuneMetric;
  readonly scoring: Pick<ScoringOptions, 'collarTotalSeconds' | 'collarEachSideSeconds' | 'skipOverlap'>;
  readonly space: SearchSpace;
  /** Settings that have another value than the preset's in every trial. */
  readonly fixed: Settings;
  readonly sampler: SamplerName;
  readonly points?: number | undefined;
  readonly seed: number;
  /** Keeps recordings of one session together. */
  readonly group?: RegExp | undefined;
};

/** A study with its recordings, as every worker has it. */
export type Study = {
  readonly line: StudyLine;
  readonly recordings: readonly TunedRecording[];
  /** Options that trials change: those of the preset with the fixed settings. */
  readonly base: ResolutionOptions;
  /** The settings of trial 0. */
  readonly defaults: Settings;
  /** 0 without validation, 1 with recordings set apart for it, else the number of folds. */
  readonly foldCount: number;
};

/**
 * Puts a study together.
 *
 * @throws InvalidInputError `invalid_option` for settings that do not exist or are out of range, and where nothing is
 *   left to tune
 */
export function planStudy(options: StudyOptions, recordings: readonly TunedRecording[]): Study {
  const base = withSettings(options.base, options.fixed);
  const space = options.space.filter(({ path }) => !Object.hasOwn(options.fixed, path));
  if (space.length === 0) {
    throw new InvalidInputError(
      'invalid_option',
      'All settings of the search space are fixed; nothing is left to tune.',
    );
  }
  const ordered = recordings.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const tuned = ordered.filter(({ isValidation }) => !isValidation);
  const folds = assignFolds(
    tuned.map(({ name }) => name),
    options.seed,
    options.group,
  );
  const line: StudyLine = {
    type: 'study',
    format: JOURNAL_FORMAT,
    preset: options.preset,
    base: hashOf(JSON.stringify(base)),
    metric: options.metric,
    scoring: options.scoring,
    space: [...space] as StudyLine['space'],
    fixed: options.fixed,
    sampler: options.sampler,
    ...(options.points === undefined ? {} : { points: options.points }),
    seed: options.seed,
    inputs: ordered.map(({ name, observationsHash, referenceHash, isValidation }) => ({
      name,
      observations: observationsHash,
      reference: referenceHash,
      fold: isValidation ? -1 : folds.get(name)!,
    })),
  };
  const defaults = Object.fromEntries(space.map(({ path }) => [path, readSetting(base, path)]));
  checkDefaults(defaults, space);
  return { line, recordings: ordered, base, defaults, foldCount: foldCountOf(line) };
}

function foldCountOf({ inputs }: StudyLine): number {
  if (inputs.some(({ fold }) => fold === -1)) return 1;
  const folds = new Set(inputs.map(({ fold }) => fold));
  return folds.size < 2 ? 0 : folds.size;
}

/** A default outside of the space would be left by the first step and could never be found again. */
function checkDefaults(defaults: Settings, space: SearchSpace): void {
  for (const setting of space) {
    const value = defaults[setting.path]!;
    if (isWithin(setting, value)) continue;
    const range =
      setting.kind === 'categorical' ? setting.choices.join(', ') : `${setting.low} to ${setting.high}`;
    throw new InvalidInputError(
      'invalid_option',
      `The search space has ${setting.path} in ${range}, but the preset has ${String(value)}; widen the space or fix the setting.`,
      { details: { option: setting.path } },
    );
  }
}

/** Indices of the recordings that are not seen while a fold is tuned, and of those that are. */
export function partsOfFold(
  { line }: Pick<Study, 'line'>,
  fold: number,
): { readonly training: number[]; readonly validation: number[] } {
  const isValidated = line.inputs.some((input) => input.fold === -1);
  const heldOut = isValidated ? -1 : fold;
  const training: number[] = [];
  const validation: number[] = [];
  line.inputs.forEach((input, index) => (input.fold === heldOut ? validation : training).push(index));
  return { training, validation };
}

/**
 * A journal of another study must not be continued.
 *
 * @throws InvalidInputError `invalid_option` that names the first difference
 */
export function checkSameStudy(journal: StudyLine, own: StudyLine): void {
  const difference = firstDifference(journal, own);
  if (difference === undefined) return;
  throw new InvalidInputError(
    'invalid_option',
    `The journal belongs to another study: ${difference}. Give this one its own --output or --journal, or go on as it began.`,
    { details: { option: 'journal' } },
  );
}

const PLAIN_PARTS = ['preset', 'metric', 'sampler', 'points', 'seed'] as const;

function firstDifference(journal: StudyLine, own: StudyLine): string | undefined {
  for (const part of PLAIN_PARTS) {
    if (journal[part] !== own[part]) {
      return `its ${part} is ${String(journal[part] ?? 'absent')}, not ${String(own[part] ?? 'absent')}`;
    }
  }
  const same = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);
  if (!same(journal.scoring, own.scoring)) {
    return `it scores with ${JSON.stringify(journal.scoring)}, not ${JSON.stringify(own.scoring)}`;
  }
  for (const setting of journal.space) {
    const other = own.space.find(({ path }) => path === setting.path);
    if (other === undefined) return `it tunes ${setting.path}`;
    if (!same(setting, other)) return `it searches ${setting.path} in another range`;
  }
  const added = own.space.find(({ path }) => !journal.space.some((setting) => setting.path === path));
  if (added !== undefined) return `it does not tune ${added.path}`;
  if (!same(journal.fixed, own.fixed)) return 'it fixes other settings';
  if (journal.base !== own.base) return `the settings of the preset ${own.preset} have changed since`;
  return differenceOfInputs(journal, own);
}

/** JSON with keys in order: what is read back has them in another one than what was written. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

function differenceOfInputs(journal: StudyLine, own: StudyLine): string | undefined {
  for (const input of journal.inputs) {
    const other = own.inputs.find(({ name }) => name === input.name);
    if (other === undefined) return `it has the recording ${input.name}`;
    if (other.observations !== input.observations) return `the observations of ${input.name} were others`;
    if (other.reference !== input.reference) return `the reference of ${input.name} was another`;
  }
  const added = own.inputs.find(({ name }) => !journal.inputs.some((input) => input.name === name));
  if (added !== undefined) return `it does not have the recording ${added.name}`;
  const moved = own.inputs.find(({ fold }, index) => journal.inputs[index]!.fold !== fold);
  return moved === undefined ? undefined : `${moved.name} is in another of its folds`;
}
