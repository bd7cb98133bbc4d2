import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Argument, Command, Option } from 'commander';
import { readClusteringModels } from '../../../core/diarization/clustering-models.ts';
import { presetOfObservations } from '../../../core/diarization/preset-of-observations.ts';
import { InputUnavailableError, throwIfAborted } from '../../../core/errors.ts';
import type { LockFile } from '../../../core/lock-file.ts';
import { JournalFile } from '../../../core/tune/journal/journal-file.ts';
import { SAMPLERS, type SamplerName } from '../../../core/tune/journal/journal-lines.ts';
import { importOptunaJournal } from '../../../core/tune/journal/optuna-journal.ts';
import { formatMetric } from '../../../core/tune/study/findings.ts';
import { groupPattern } from '../../../core/tune/study/folds.ts';
import { TUNE_METRICS, type TuneMetric } from '../../../core/tune/study/metric.ts';
import { planStudy } from '../../../core/tune/study/study.ts';
import { tuneReport } from '../../../core/tune/study/tune-report.ts';
import { ABANDONED_AFTER_MS, TuneWorker } from '../../../core/tune/worker/tune-worker.ts';
import { processHasEnded, thisMachine, withFileLock } from '../../../models/file-lock.ts';
import { clusteringFiles, openStore } from '../../setup/composition.ts';
import { notWritable } from '../../work/files/pending-file.ts';
import type { CliContext } from '../context.ts';
import { loadUem } from '../evaluate/load-recordings.ts';
import { seconds, wholeNumber } from '../options/option-parsers.ts';
import { presetOption } from '../options/preset-option.ts';
import { applyReport } from '../tune/apply-report.ts';
import { loadTuning } from '../tune/load-tuned.ts';
import { renderTuneMarkdown } from '../tune/tune-markdown.ts';
import { fixedSettings, searchSpace } from '../tune/tune-options.ts';
import { renderTunePicture } from '../tune/tune-picture.ts';

type TuneOptions = {
  readonly reference: string;
  readonly output: string;
  readonly preset?: string;
  readonly metric: TuneMetric;
  readonly numIter: number;
  readonly sampler: SamplerName;
  readonly points?: number;
  readonly seed: number;
  readonly space?: string;
  readonly tune?: readonly string[];
  readonly fix?: readonly string[];
  readonly validation?: string;
  readonly group?: string;
  readonly uem?: string;
  readonly collar?: number;
  readonly collarEachSide?: number;
  readonly skipOverlap?: true;
  readonly import?: string;
  readonly apply?: string;
  readonly force?: true;
};

const EXAMPLES = `Examples:
  colloquy diarize calls/*.wav --save-observations observed/ --output found/
  colloquy tune observed/ --reference truth/ --output tuning/
  colloquy tune observed/ --reference truth/ --output tuning/ --num-iter 300   goes on where it stopped
  colloquy tune observed/ --reference truth/ --output tuning/ --apply ours.json
  colloquy diarize calls/*.wav --preset ours.json
`;

/** `colloquy tune`: finds settings that lower the error on saved observations, and says whether that is luck. */
export function tuneCommand(context: CliContext): Command {
  return new Command('tune')
    .description(
      'Find settings that lower the error on your recordings, and whether the gain is more than luck',
    )
    .addHelpText('before', EXAMPLES)
    .addArgument(new Argument('<folder>', 'of colloquy diarize --save-observations'))
    .requiredOption('--reference <path>', 'the truth: a file or folder, paired by name')
    .requiredOption('--output <folder>', 'for the journal and the report; the same folder goes on')
    .addOption(presetOption('what to tune (default: the preset of the observations)'))
    .addOption(new Option('--metric <name>', 'what to lower').choices(TUNE_METRICS).default('der'))
    .addOption(
      new Option('--num-iter <count>', 'finished trials in all, by all who work on this folder')
        .argParser(wholeNumber('--num-iter', 1, 1_000_000))
        .default(100),
    )
    .addOption(new Option('--sampler <name>', 'how values are chosen').choices(SAMPLERS).default('tpe'))
    .addOption(
      new Option('--points <count>', 'values of each setting without steps in a grid').argParser(
        wholeNumber('--points', 1, 10_000),
      ),
    )
    .addOption(
      new Option('--seed <number>', 'of folds and values')
        .argParser(wholeNumber('--seed', 0, 2 ** 31))
        .default(0),
    )
    .option('--space <file>', 'JSON: what to search')
    .option('--tune <path...>', 'only these settings, as clustering.threshold')
    .option('--fix <path=value...>', 'settings with another value than the preset has')
    .option('--validation <folder>', 'observations that are never tuned on, instead of folds')
    .option('--group <regex>', 'keeps recordings of one session in one fold: what it matches in their names')
    .option('--uem <path>', 'score only these regions')
    .addOption(
      new Option('--collar <seconds>', 'as colloquy evaluate')
        .argParser(seconds('--collar'))
        .conflicts('collarEachSide'),
    )
    .addOption(
      new Option('--collar-each-side <seconds>', 'as colloquy evaluate').argParser(
        seconds('--collar-each-side'),
      ),
    )
    .option('--skip-overlap', 'leave out regions where reference turns overlap')
    .option('--import <file>', "a journal of Optuna's: its trials say where to look")
    .option('--apply <file.json>', 'write what was found as a preset that every command takes as --preset')
    .option('--force', 'apply it even where the report says that it may be luck')
    .action((folder: string, options: TuneOptions) => tune(folder, options, context));
}

async function tune(folder: string, options: TuneOptions, context: CliContext): Promise<void> {
  const { signal } = context;
  const uem = options.uem === undefined ? undefined : await loadUem(options.uem);
  const folders = { tuned: folder, validation: options.validation };
  const { recordings, origin } = await loadTuning(folders, options.reference, uem);
  const preset = presetOfObservations(origin, options.preset);
  const models = await readClusteringModels(await clusteringFiles(openStore(context.config), preset.name));
  const fixed = fixedSettings(options.fix ?? [], preset.resolution);
  const study = planStudy(
    {
      preset: preset.name,
      base: preset.resolution,
      metric: options.metric,
      scoring: {
        ...(options.collar === undefined ? {} : { collarTotalSeconds: options.collar }),
        ...(options.collarEachSide === undefined ? {} : { collarEachSideSeconds: options.collarEachSide }),
        ...(options.skipOverlap === undefined ? {} : { skipOverlap: true }),
      },
      space: await searchSpace(options, preset.resolution),
      fixed,
      sampler: options.sampler,
      points: options.points,
      seed: options.seed,
      group: options.group === undefined ? undefined : groupPattern(options.group),
    },
    recordings,
  );
  await mkdir(options.output, { recursive: true }).catch((error: unknown) => {
    throw notWritable(options.output, error);
  });
  const resolution = { ...models, onTick: () => throwIfAborted(signal) };
  const journal = new JournalFile(join(options.output, 'journal.jsonl'), lockOf(signal));
  if (options.import !== undefined) await takeOver(options.import, journal, study.line.space, context);
  const machine = thisMachine();
  const worker = new TuneWorker(study, journal, resolution, {
    trialCount: options.numIter,
    name: `${machine}:${process.pid}`,
    isGone: (name) => isGoneHere(name, machine),
    abandonedAfterMs: ABANDONED_AFTER_MS,
    now: () => new Date(),
    signal,
    onTrial: (state) => {
      if (state.completeCount % 10 === 0) context.stderr.write(`${state.completeCount} trials\n`);
    },
  });
  await worker.run();
  const report = tuneReport(study, journal.refresh(), resolution);
  if (report === undefined) return;
  await writeReport(options.output, report);
  const applied = options.apply && (await applyReport(options.apply, report, options.force === true));
  context.stdout.write(renderTuneMarkdown(report));
  const { training } = report;
  context.stderr.write(
    `${formatMetric(report.metric, training.before)} → ${formatMetric(report.metric, training.after)} on what was tuned on; report.md, report.json and report.svg are in ${options.output}\n`,
  );
  if (applied) context.stderr.write(`${applied}\n`);
}

/** Trials are short, and so is every write. */
function lockOf(signal: AbortSignal): LockFile {
  return (path, work) =>
    withFileLock(path, work, {
      heartbeatMs: 1_000,
      staleAfterMs: 30_000,
      pollMs: 5,
      signal,
      unwritable: { folder: 'The folder of the study', remedy: 'Make it writable or give another --output.' },
    });
}

/** A worker's name ends with its process, which may be one of this machine. */
function isGoneHere(name: string, machine: string): boolean {
  const separator = name.lastIndexOf(':');
  return name.slice(0, separator) === machine && processHasEnded(Number(name.slice(separator + 1)));
}

async function takeOver(
  path: string,
  journal: JournalFile,
  space: Parameters<typeof importOptunaJournal>[1],
  context: CliContext,
): Promise<void> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw notReadable(path, error);
  });
  const { lines, ignored } = importOptunaJournal(bytes, space);
  // Once: a study that has begun has them already.
  await journal.update((state) => ({ lines: state.imported.length > 0 ? [] : lines, result: undefined }));
  if (ignored.length > 0) {
    context.stderr.write(`warning: not taken over from ${path}: ${ignored.join(', ')}\n`);
  }
}

function notReadable(path: string, cause: unknown): InputUnavailableError {
  return new InputUnavailableError('file_not_readable', `The journal ${path} cannot be read.`, { cause });
}

async function writeReport(folder: string, report: Parameters<typeof renderTuneMarkdown>[0]): Promise<void> {
  const files = {
    'report.md': renderTuneMarkdown(report),
    'report.json': `${JSON.stringify(report, null, 2)}\n`,
    'report.svg': renderTunePicture(report),
  };
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text).catch((error: unknown) => {
      throw notWritable(join(folder, name), error);
    });
  }
}
