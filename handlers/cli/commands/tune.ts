import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Argument, Command, Option } from 'commander';
import { readClusteringModels } from '../../../core/diarization/clustering-models.ts';
import { presetOfObservations } from '../../../core/diarization/preset-of-observations.ts';
import { throwIfAborted } from '../../../core/errors.ts';
import { JournalFile } from '../../../core/tune/journal/journal-file.ts';
import { SAMPLERS, type SamplerName } from '../../../core/tune/journal/journal-lines.ts';
import { formatMetric } from '../../../core/tune/study/findings.ts';
import { groupPattern } from '../../../core/tune/study/folds.ts';
import { TUNE_METRICS, type TuneMetric } from '../../../core/tune/study/metric.ts';
import { planStudy } from '../../../core/tune/study/study.ts';
import { tuneReport } from '../../../core/tune/study/tune-report.ts';
import { ABANDONED_AFTER_MS, TuneWorker } from '../../../core/tune/worker/tune-worker.ts';
import { thisMachine } from '../../../models/file-lock.ts';
import { clusteringFiles, openStore } from '../../setup/composition.ts';
import { notWritable } from '../../work/files/pending-file.ts';
import type { CliContext } from '../context.ts';
import { loadUem } from '../evaluate/load-recordings.ts';
import { seconds, wholeNumber } from '../options/option-parsers.ts';
import { presetOption } from '../options/preset-option.ts';
import { applyReport } from '../tune/apply-report.ts';
import { loadTuning } from '../tune/load-tuned.ts';
import { renderTuneMarkdown } from '../tune/tune-markdown.ts';
import { HELPER_FLAG, startHelpers } from '../tune/helpers.ts';
import { observationsOf } from '../tune/observe-folder.ts';
import { fixedSettings, searchSpace } from '../tune/tune-options.ts';
import { isGoneHere, importTrials, studyLock } from '../tune/study-journal.ts';
import { writeTuneReport } from '../tune/write-tune-report.ts';

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
  readonly jobs: number;
  readonly helper?: true;
};

/** More processes than this wait for each other's journal. */
const MOST_JOBS = 64;

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
    .addArgument(
      new Argument(
        '<folder>',
        'of colloquy diarize --save-observations, or of recordings, which are observed once',
      ),
    )
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
    .addOption(
      new Option('--jobs <count>', 'processes that make trials')
        .argParser(wholeNumber('--jobs', 1, MOST_JOBS))
        .default(1),
    )
    .addOption(new Option(HELPER_FLAG, 'makes trials for another process').hideHelp())
    .action((folder: string, options: TuneOptions) => tune(folder, options, context));
}

async function tune(folder: string, options: TuneOptions, context: CliContext): Promise<void> {
  const { signal } = context;
  const uem = options.uem === undefined ? undefined : await loadUem(options.uem);
  const { preset: wanted, validation } = options;
  const cache = join(options.output, 'observations');
  const folders = {
    tuned: await observationsOf(folder, cache, wanted, context),
    validation: validation && (await observationsOf(validation, join(cache, 'validation'), wanted, context)),
  };
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
  const journal = new JournalFile(join(options.output, 'journal.jsonl'), studyLock(signal));
  if (options.import !== undefined && !options.helper)
    await importTrials(options.import, journal, study.line.space, context);
  const machine = thisMachine();
  const worker = new TuneWorker(study, journal, resolution, {
    trialCount: options.numIter,
    name: `${machine}:${process.pid}`,
    isGone: (name) => isGoneHere(name, machine),
    abandonedAfterMs: ABANDONED_AFTER_MS,
    now: () => new Date(),
    signal,
    onTrial: (state) => {
      if (!options.helper && state.completeCount % 10 === 0)
        context.stderr.write(`${state.completeCount} trials\n`);
    },
  });
  const helpers = startHelpers(options.helper ? 0 : options.jobs - 1, context);
  await worker.run();
  await helpers;
  if (options.helper) return;
  const report = tuneReport(study, journal.refresh(), resolution);
  if (report === undefined) return;
  await writeTuneReport(options.output, report);
  const applied = options.apply && (await applyReport(options.apply, report, options.force === true));
  context.stdout.write(renderTuneMarkdown(report));
  const { training } = report;
  context.stderr.write(
    `${formatMetric(report.metric, training.before)} → ${formatMetric(report.metric, training.after)} on what was tuned on; report.md, report.json and report.svg are in ${options.output}\n`,
  );
  if (applied) context.stderr.write(`${applied}\n`);
}
