import { Command, Option } from 'commander';
import { InvalidInputError } from '../../../core/errors.ts';
import type { ScoringOptions } from '../../../core/metrics/diarization/scored-cells.ts';
import { DEFAULT_TIME_CONSTRAINED_OPTIONS } from '../../../core/metrics/words/speaker-attributed-word-error.ts';
import type { Segment } from '../../../core/timeline/turns.ts';
import { isTranscript, type DiarizationResult } from '../../../core/result/result.ts';
import { EXIT_CODES } from '../../errors/error-mapping.ts';
import { loadRecordings, loadUem, type LoadedRecording } from '../evaluate/load-recordings.ts';
import { pairRecordings, type PairedRecordings } from '../evaluate/pair-recordings.ts';
import { joinReports, reportCsv, reportTable, type Report } from '../evaluate/report.ts';
import { scoreDiarization } from '../evaluate/score-diarization.ts';
import { evaluateTrials } from '../evaluate/trials.ts';
import { namesSpeakers, NORMALISERS, scoreWords, type Normaliser } from '../evaluate/score-words.ts';

/** Version of the JSON report. */
const REPORT_SCHEMA_VERSION = 1;

type EvaluateOptions = {
  readonly reference?: string;
  readonly hypothesis?: string;
  readonly trials?: string;
  readonly det?: string;
  readonly uem?: string;
  readonly collar?: string;
  readonly collarEachSide?: string;
  readonly skipOverlap?: true;
  readonly normaliser: Normaliser;
  readonly wordCollar?: string;
  readonly characters?: true;
  readonly orc?: true;
  readonly format: 'table' | 'csv' | 'json';
};

/** `colloquy evaluate`: scores who spoke when, and who said what, against a reference. */
export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('Score results against references: who spoke when, and who said what')
    .option('--reference <path>', 'the truth: an RTTM, STM, CTM, SegLST or result file, or a folder of them')
    .option('--hypothesis <path>', 'what to score: a file or folder likewise; files are paired by name')
    .option(
      '--trials <file>',
      'instead: scores of speaker verification, a label first and a score last on each line',
    )
    .option('--det <file>', 'with --trials: write the DET curve as SVG')
    .option('--uem <path>', 'score turns only in these regions: a UEM file or a folder of them')
    .option(
      '--collar <seconds>',
      'leave out this TOTAL width around each reference border, half on each side (as pyannote.metrics)',
    )
    .option(
      '--collar-each-side <seconds>',
      'leave out this width on EACH side of a border (as NIST md-eval and dscore)',
    )
    .option('--skip-overlap', 'leave out regions where reference turns overlap')
    .addOption(
      new Option('--normaliser <name>', "what is done to text first: Whisper's normalisers or nothing")
        .choices(NORMALISERS)
        .default('basic'),
    )
    .option('--word-collar <seconds>', 'how far apart on each side words may match in tcpWER (default: 5)')
    .option('--characters', 'count characters too (CER)')
    .option('--orc', 'ORC-WER too: exact, for recordings of some minutes')
    .addOption(
      new Option('-f, --format <name>', 'how to print').choices(['table', 'csv', 'json']).default('table'),
    )
    .addHelpText('after', EXAMPLES)
    .action(evaluate);
}

const EXAMPLES = `
Examples:
  $ colloquy evaluate --reference truth.rttm --hypothesis found.rttm
  $ colloquy evaluate --reference truth/ --hypothesis found/ --collar 0.5 --format csv > scores.csv
  $ colloquy evaluate --reference truth.stm --hypothesis found.json --normaliser english
  $ colloquy evaluate --trials scores.txt --det det.svg

WER aligns all words by time, whoever says them. cpWER has the best pairing of speakers, tcpWER also the times, DI-cpWER
and ORC-WER let words go to any speaker. WDER is the share of matched words, right or substituted, that the wrong
speaker has.
Without --uem a recording is scored from the first start to the last end of reference and hypothesis together.
The TOTAL row sums seconds and words over all recordings; it is no mean of rates.`;

async function evaluate(options: EvaluateOptions): Promise<void> {
  const { trials, det, format, reference, hypothesis } = options;
  if (trials !== undefined) {
    if (reference !== undefined || hypothesis !== undefined)
      throw new InvalidInputError(
        'invalid_option',
        'Expected --reference and --hypothesis, or --trials, not both.',
      );
    process.stdout.write(await evaluateTrials({ trials, det, format }));
    return;
  }
  if (reference === undefined || hypothesis === undefined) {
    throw new InvalidInputError('invalid_option', 'Expected --reference and --hypothesis, or --trials.');
  }
  const scoring = scoringOptions(options);
  const collarSeconds =
    secondsOption('--word-collar', options.wordCollar) ?? DEFAULT_TIME_CONSTRAINED_OPTIONS.collarSeconds;
  const uem = options.uem === undefined ? undefined : await loadUem(options.uem);
  const paired = pairRecordings(await loadRecordings(reference), await loadRecordings(hypothesis));
  const { characters = false, orc = false } = options;
  const reports = [
    scoreWords(wordPairs(paired), { normaliser: options.normaliser, collarSeconds, characters, orc }),
    scoreDiarization(turnPairs(paired, scoring, uem)),
  ].filter((report) => report.rows.length > 0);
  if (reports.length === 0) {
    throw new InvalidInputError(
      'invalid_option',
      'Nothing to compare: one side has words without speakers, the other speakers without words.',
    );
  }
  process.stdout.write(rendered(reports, paired, options));
  nameUnmatched(paired);
}

/** The pairs that have words on both sides. */
function wordPairs({ pairs }: PairedRecordings) {
  return pairs.flatMap(({ reference, hypothesis }) =>
    isTranscript(reference.result) && isTranscript(hypothesis.result)
      ? [{ recording: reference.name, reference: reference.result, hypothesis: hypothesis.result }]
      : [],
  );
}

/** The pairs that have speakers on both sides. */
function turnPairs(
  { pairs }: PairedRecordings,
  scoring: ScoringOptions,
  uem: ReadonlyMap<string, Segment[]> | undefined,
) {
  return pairs
    .filter(({ reference, hypothesis }) => hasSpeakers(reference.result) && hasSpeakers(hypothesis.result))
    .map(({ reference, hypothesis }) => ({
      recording: reference.name,
      reference: reference.result.turns,
      hypothesis: hypothesis.result.turns,
      options:
        uem === undefined ? scoring : { ...scoring, uem: regionsOf(uem, reference, pairs.length === 1) },
    }));
}

function hasSpeakers(result: DiarizationResult): boolean {
  return isTranscript(result) ? namesSpeakers(result) : true;
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

function rendered(reports: readonly Report[], paired: PairedRecordings, options: EvaluateOptions): string {
  if (options.format === 'table') return reports.map(reportTable).join('\n');
  const report = joinReports(reports);
  if (options.format === 'csv') return reportCsv(report);
  const json = {
    schemaVersion: REPORT_SCHEMA_VERSION,
    normaliser: options.normaliser,
    recordings: report.rows.map(({ recording, values }) => ({ recording, ...values })),
    total: report.total,
    ...(report.note === undefined ? {} : { note: report.note }),
    withoutHypothesis: paired.withoutHypothesis,
    withoutReference: paired.withoutReference,
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

/** A recording that nothing was found for is no part of the total, so it must not go unseen. */
function nameUnmatched({ withoutHypothesis, withoutReference }: PairedRecordings): void {
  if (withoutHypothesis.length > 0) {
    process.stderr.write(`Not scored, no hypothesis: ${withoutHypothesis.join(', ')}\n`);
    process.exitCode = EXIT_CODES.someFailed;
  }
  if (withoutReference.length > 0)
    process.stderr.write(`Passed over, no reference: ${withoutReference.join(', ')}\n`);
}
