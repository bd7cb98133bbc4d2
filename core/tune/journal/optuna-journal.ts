/**
 * Trials of a study that Optuna kept in a journal: they say where to look, but their values belong to another pipeline
 * and are never compared with ours.
 *
 * @see Optuna 4.9 `storages/journal/_storage.py`, the operations of its lines
 */
import * as z from 'zod';
import { InvalidInputError } from '../../errors.ts';
import type { Setting } from '../../resolution/settings.ts';
import type { SearchSpace } from '../space/search-setting.ts';
import { isWithin } from '../tpe/distribution.ts';
import type { ImportedLine } from './journal-lines.ts';

/** Names that pyannote's pipelines give to settings of ours. */
export const PYANNOTE_NAMES: Readonly<Record<string, string>> = {
  'clustering.threshold': 'clustering.threshold',
  'clustering.min_cluster_size': 'clustering.minClusterSize',
  'clustering.Fa': 'clustering.statisticsScale',
  'clustering.Fb': 'clustering.speakerRegularization',
  'segmentation.min_duration_off': 'minDurationOffSeconds',
};

const OPERATION = { study: 0, trial: 4, parameter: 5, state: 6, intermediate: 7 } as const;
const STATE = { complete: 1, pruned: 2 } as const;
const MAXIMIZE = 2;

const distributionSchema = z.object({
  name: z.string(),
  attributes: z.object({
    choices: z.array(z.union([z.number(), z.string(), z.boolean(), z.null()])).optional(),
  }),
});
const lineSchema = z.object({
  op_code: z.int(),
  directions: z.array(z.int()).optional(),
  study_id: z.int().optional(),
  trial_id: z.int().optional(),
  param_name: z.string().optional(),
  param_value_internal: z.number().optional(),
  distribution: z.string().optional(),
  state: z.int().optional(),
  values: z.array(z.number().nullable()).nullable().optional(),
  step: z.int().optional(),
  intermediate_value: z.number().nullable().optional(),
});
type OptunaLine = z.infer<typeof lineSchema>;

type OptunaTrial = {
  readonly study: number;
  readonly settings: Map<string, Setting>;
  state: number;
  value: number | null;
  lastStep: number | undefined;
  lastValue: number | null;
};

/** What was taken over. */
export type OptunaImport = {
  readonly lines: readonly ImportedLine[];
  /** Parameters that are no settings of the space. */
  readonly ignored: readonly string[];
};

/**
 * Reads the finished trials of the first study of a journal.
 *
 * @throws InvalidInputError `invalid_file` for a database, for a broken line, with its number, and where nothing fits
 */
export function importOptunaJournal(bytes: Uint8Array, space: SearchSpace): OptunaImport {
  refuseDatabase(bytes);
  const trials: OptunaTrial[] = [];
  const directions: number[] = [];
  const text = new TextDecoder().decode(bytes);
  text.split('\n').forEach((line, index) => {
    // Blank lines come from network disks (optuna#5138).
    if (line.trim() !== '') applyLine(parse(line, index + 1), trials, directions);
  });
  const first = trials.filter(({ study }) => study === 0);
  const ignored = new Set<string>();
  const sign = directions[0] === MAXIMIZE ? -1 : 1;
  const lines = first
    .filter(({ state }) => state === STATE.complete || state === STATE.pruned)
    .map((trial) => importedLine(trial, sign, space, ignored))
    .filter(({ settings }) => Object.keys(settings).length > 0);
  if (lines.length > 0) return { lines, ignored: [...ignored].sort() };
  const names = ignored.size > 0 ? `; its parameters are ${[...ignored].join(', ')}` : '';
  throw new InvalidInputError(
    'invalid_file',
    `The journal has no finished trial with a setting that is tuned here${names}. Names must be those of settings or of pyannote's pipelines.`,
  );
}

function refuseDatabase(bytes: Uint8Array): void {
  if (!new TextDecoder('latin1').decode(bytes.subarray(0, 15)).startsWith('SQLite format 3')) return;
  throw new InvalidInputError(
    'invalid_file',
    'Expected a journal of Optuna, got a SQLite database. Copy the study first, in Python: optuna.copy_study(from_study_name=NAME, from_storage="sqlite:///study.db", to_storage=optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend("study.journal"))).',
  );
}

function parse(line: string, number: number): OptunaLine {
  try {
    return lineSchema.parse(JSON.parse(line));
  } catch (cause) {
    throw new InvalidInputError(
      'invalid_file',
      `Line ${number} is no operation of an Optuna journal; the file is another or damaged.`,
      { details: { line: number }, cause },
    );
  }
}

function applyLine(line: OptunaLine, trials: OptunaTrial[], directions: number[]): void {
  if (line.op_code === OPERATION.study) directions.push(line.directions?.[0] ?? 1);
  if (line.op_code === OPERATION.trial) {
    trials.push({
      study: line.study_id ?? 0,
      settings: new Map(),
      state: line.state ?? 0,
      value: line.values?.[0] ?? null,
      lastStep: undefined,
      lastValue: null,
    });
  }
  const trial = line.trial_id === undefined ? undefined : trials[line.trial_id];
  if (trial === undefined) return;
  if (line.op_code === OPERATION.parameter && line.param_name !== undefined) {
    trial.settings.set(line.param_name, settingOf(line));
  } else if (line.op_code === OPERATION.state) {
    trial.state = line.state ?? trial.state;
    trial.value = line.values?.[0] ?? trial.value;
  } else if (line.op_code === OPERATION.intermediate && line.step !== undefined) {
    if (trial.lastStep !== undefined && line.step < trial.lastStep) return;
    trial.lastStep = line.step;
    trial.lastValue = line.intermediate_value ?? null;
  }
}

/** Choices stand in the journal as their index. */
function settingOf({ distribution, param_value_internal: internal = NaN }: OptunaLine): Setting {
  const parsed = distributionSchema.safeParse(safeJson(distribution ?? ''));
  return parsed.data?.attributes.choices?.[internal] ?? internal;
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function importedLine(
  { settings, state, value, lastStep, lastValue }: OptunaTrial,
  sign: number,
  space: SearchSpace,
  ignored: Set<string>,
): ImportedLine {
  const taken: Record<string, Setting> = {};
  for (const [name, setting] of settings) {
    const own = space.find(({ path }) => path === name || path === PYANNOTE_NAMES[name]);
    if (own !== undefined && isWithin(own, setting)) taken[own.path] = setting;
    else ignored.add(name);
  }
  const isComplete = state === STATE.complete;
  const reached = isComplete ? value : lastValue;
  return {
    type: 'imported',
    settings: taken,
    state: isComplete ? 'complete' : 'pruned',
    value: reached === null ? null : sign * reached,
    ...(isComplete || lastStep === undefined ? {} : { lastStep }),
  };
}
