import { Command, Option } from 'commander';
import { InvalidInputError } from '../../core/errors.ts';
import type { ScoringOptions } from '../../core/metrics/scored-cells.ts';
import type { Segment } from '../../core/timeline/turns.ts';
import { loadRecordings, loadUem, type LoadedRecording } from './evaluate/load-recordings.ts';
import { pairRecordings, type PairedRecordings } from './evaluate/pair-recordings.ts';
import { reportCsv, reportTable, type Report } from './evaluate/report.ts';
import { scoreDiarization } from './evaluate/score-diarization.ts';

/** Exit code where some recordings could not be scored. */
const SOME_FAILED = 7;

/** Version of the JSON report. */
const REPORT_SCHEMA_VERSION = 1;

type EvaluateOptions = {
  readonly reference: string;
  readonly hypothesis: string;
  readonly uem?: string;
  readonly collar?: string;
  readonly collarEachSide?: string;
  readonly skipOverlap?: true;
  readonly format: 'table' | 'csv' | 'json';
};

/** `colloquy evaluate`: scores who spoke when against a reference. */
export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('Score results against references: DER, JER, detection, purity and coverage')
    .requiredOption('--reference <path>', 'the truth: an RTTM or result JSON file, or a folder of them')
    .requiredOption(
      '--hypothesis <path>',
      'what to score: a file or folder likewise; files are paired by name',
    )
    .option('--uem <path>', 'score only these regions: a UEM file or a folder of them')
    .option(
      '--collar <seconds>',
      'leave out this TOTAL width around each reference border, half on each side (as pyannote.metrics)',
    )
    .option(
      '--collar-each-side <seconds>',
      'leave out this width on EACH side of a border (as NIST md-eval and dscore); twice as much',
    )
    .option('--skip-overlap', 'leave out regions where reference turns overlap')
    .addOption(
      new Option('--format <name>', 'how to print').choices(['table', 'csv', 'json']).default('table'),
    )
    .addHelpText('after', EXAMPLES)
    .action(evaluate);
}

const EXAMPLES = `
Examples:
  $ colloquy evaluate --reference truth.rttm --hypothesis found.rttm
  $ colloquy evaluate --reference truth/ --hypothesis found/ --collar 0.5 --format csv > scores.csv

Without --uem a recording is scored from the first start to the last end of reference and hypothesis together.
The TOTAL row sums seconds over all recordings; it is no mean of rates.`;

async function evaluate(options: EvaluateOptions): Promise<void> {
  const scoring = scoringOptions(options);
  const uem = options.uem === undefined ? undefined : await loadUem(options.uem);
  const paired = pairRecordings(
    await loadRecordings(options.reference),
    await loadRecordings(options.hypothesis),
  );
  const single = paired.pairs.length === 1;
  const report = scoreDiarization(
    paired.pairs.map(({ reference, hypothesis }) => ({
      recording: reference.name,
      reference: reference.turns,
      hypothesis: hypothesis.turns,
      options: uem === undefined ? scoring : { ...scoring, uem: regionsOf(uem, reference, single) },
    })),
  );
  process.stdout.write(rendered(report, paired, options));
  nameUnmatched(paired);
}

function scoringOptions(options: EvaluateOptions): ScoringOptions {
  if (options.collar !== undefined && options.collarEachSide !== undefined) {
    throw new InvalidInputError('invalid_option', 'Expected --collar or --collar-each-side, got both.');
  }
  return {
    collarTotalSeconds: secondsOption('--collar', options.collar),
    collarEachSideSeconds: secondsOption('--collar-each-side', options.collarEachSide),
    skipOverlap: options.skipOverlap ?? false,
  };
}

function secondsOption(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = /^\d*\.?\d+$/.test(text) ? Number(text) : NaN;
  if (Number.isFinite(seconds)) return seconds;
  throw new InvalidInputError(
    'invalid_option',
    `Expected seconds of 0 or more for ${name}, got ${JSON.stringify(text)}.`,
  );
}

/** The scored regions of a recording; a UEM with one recording fits a single pair whatever its name. */
function regionsOf(
  uem: ReadonlyMap<string, Segment[]>,
  recording: LoadedRecording,
  single: boolean,
): Segment[] {
  const regions = uem.get(recording.recordingId) ?? uem.get(recording.name);
  if (regions !== undefined) return regions;
  if (single && uem.size === 1) return [...uem.values()][0]!;
  throw new InvalidInputError('invalid_option', `The UEM has no region for the recording ${recording.name}.`);
}

function rendered(report: Report, paired: PairedRecordings, options: EvaluateOptions): string {
  if (options.format === 'table') return reportTable(report);
  if (options.format === 'csv') return reportCsv(report);
  const json = {
    schemaVersion: REPORT_SCHEMA_VERSION,
    recordings: report.rows.map(({ recording, values }) => ({ recording, ...values })),
    total: report.total,
    withoutHypothesis: paired.withoutHypothesis,
    withoutReference: paired.withoutReference,
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

/** A recording that nothing was found for is no part of the total, so it must not go unseen. */
function nameUnmatched({ withoutHypothesis, withoutReference }: PairedRecordings): void {
  if (withoutHypothesis.length > 0) {
    process.stderr.write(`Not scored, no hypothesis: ${withoutHypothesis.join(', ')}\n`);
    process.exitCode = SOME_FAILED;
  }
  if (withoutReference.length > 0)
    process.stderr.write(`Passed over, no reference: ${withoutReference.join(', ')}\n`);
}
