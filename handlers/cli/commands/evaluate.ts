import { Command, Option } from 'commander';
import { InvalidInputError } from '../../../core/errors.ts';
import type { ScoringOptions } from '../../../core/metrics/diarization/scored-cells.ts';
import { DEFAULT_TIME_CONSTRAINED_OPTIONS } from '../../../core/metrics/words/speaker-attributed-word-error.ts';
import type { Segment } from '../../../core/timeline/turns.ts';
import { isTranscript, type DiarizationResult } from '../../../core/result/result.ts';
import { resultFromTurns, resultFromUtterances } from '../../../core/transcript/result-from-segments.ts';
import { startEngine } from '../../setup/composition.ts';
import { evaluateLive } from '../evaluate/evaluate-live.ts';
import type { LiveEvaluationContext } from '../evaluate/score-live.ts';
import { invalidOption, seconds, wholeNumber } from '../options/option-parsers.ts';
import { EXIT_CODES } from '../../errors/error-mapping.ts';
import { loadRecordings, loadUem, namesIn, type LoadedRecording } from '../evaluate/load-recordings.ts';
import { pairRecordings, type PairedRecordings, type RecordingPair } from '../evaluate/pair-recordings.ts';
import { joinReports, reportCsv, reportTable, type Report } from '../evaluate/report.ts';
import { scoreDiarization } from '../evaluate/score-diarization.ts';
import { evaluateTrials } from '../evaluate/trials.ts';
import { segmentsWithout, withoutRegions } from '../evaluate/unscored-regions.ts';
import { namesSpeakers, NORMALISERS, scoreWords, type Normaliser } from '../evaluate/score-words.ts';
import { largestOf, smallestOf } from '../../../core/math/extremes.ts';
import type { PlainContext } from '../context.ts';
import { writeToStdout } from '../output/output.ts';

/** Version of the JSON report. */
const REPORT_SCHEMA_VERSION = 1;

type EvaluateOptions = {
  readonly reference?: string;
  readonly hypothesis?: string;
  readonly live?: string;
  readonly latency: readonly number[];
  readonly jobs: number;
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

type EvaluateContext = Pick<PlainContext, 'stdout' | 'stderr' | 'setExitCode'> & LiveEvaluationContext;

/** `colloquy evaluate`: scores who spoke when, and who said what, against a reference. */
export function evaluateCommand(context: EvaluateContext): Command {
  return new Command('evaluate')
    .description('Score results against references: who spoke when, and who said what')
    .option('--reference <path>', 'the truth: an RTTM, STM, CTM, SegLST or result file, or a folder of them')
    .option('--hypothesis <path>', 'what to score: a file or folder likewise; paired by name')
    .option(
      '--trials <file>',
      'instead: scores of speaker verification, a label first and a score last on each line',
    )
    .option(
      '--live <path>',
      'instead of --hypothesis: recordings, or a folder of them, to be diarized live and scored as it is told',
    )
    .addOption(
      new Option('--latency <seconds>', 'with --live: ages at which turns are told, with commas')
        .argParser(parseLatencies)
        .default([1], '1'),
    )
    .addOption(
      new Option('--jobs <n>', 'with --live: recordings at a time')
        .argParser(wholeNumber('--jobs', 1, 64))
        .default(1),
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
    .action((options: EvaluateOptions) => evaluate(options, context));
}

const EXAMPLES = `
Examples:
  $ colloquy evaluate --reference truth.rttm --hypothesis found.rttm
  $ colloquy evaluate --reference truth/ --hypothesis found/ --collar 0.5 --format csv > scores.csv
  $ colloquy evaluate --reference truth.stm --hypothesis found.json --normaliser english
  $ colloquy evaluate --live recordings/ --reference truth/ --latency 0.5,1,2,5
  $ colloquy evaluate --trials scores.txt --det det.svg

WER aligns all words by time, whoever says them. cpWER has the best pairing of speakers, tcpWER also the times, DI-cpWER
and ORC-WER let words go to any speaker. WDER is the share of matched words, right or substituted, that the wrong
speaker has.
Without --uem a recording is scored from the first start to the last end of reference and hypothesis together.
The TOTAL row sums seconds and words over all recordings; it is no mean of rates.`;

async function evaluate(options: EvaluateOptions, context: EvaluateContext): Promise<void> {
  if (options.live !== undefined) {
    await evaluateLiveSessions(options.live, options, context);
    return;
  }
  const { trials, det, format, reference, hypothesis } = options;
  if (trials !== undefined) {
    if (reference !== undefined || hypothesis !== undefined)
      throw new InvalidInputError(
        'invalid_option',
        'Expected --reference and --hypothesis, or --trials, not both.',
      );
    await writeToStdout(context, await evaluateTrials({ trials, det, format }));
    return;
  }
  if (reference === undefined || hypothesis === undefined) {
    throw new InvalidInputError('invalid_option', 'Expected --reference and --hypothesis, or --trials.');
  }
  const scoring = scoringOptions(options);
  const collarSeconds =
    secondsOption('--word-collar', options.wordCollar) ?? DEFAULT_TIME_CONSTRAINED_OPTIONS.collarSeconds;
  const uem = options.uem === undefined ? undefined : await loadUem(options.uem);
  const [truth, found] = await loadBoth(reference, hypothesis, context);
  const paired = pairRecordings(truth, found);
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
  await writeToStdout(context, rendered(reports, paired, options));
  nameUnmatched(paired, context);
}

async function evaluateLiveSessions(
  folder: string,
  { reference, hypothesis, trials, latency, jobs, format }: EvaluateOptions,
  context: EvaluateContext,
): Promise<void> {
  if (reference === undefined || hypothesis !== undefined || trials !== undefined)
    throw new InvalidInputError(
      'invalid_option',
      'Expected --reference beside --live, and nothing to compare.',
    );
  // How many are heard at a time is said by --jobs.
  const engine = await startEngine(context.config, { liveCores: Infinity });
  try {
    const onLeftOut = leftOut(context);
    const options = { latencies: latency, jobs, onLeftOut };
    const report = await evaluateLive(folder, reference, options, engine, context);
    const { rows, total } = report;
    const json = { schemaVersion: REPORT_SCHEMA_VERSION, recordings: rows, total };
    const text = { table: reportTable, csv: reportCsv, json: () => `${JSON.stringify(json)}\n` }[format];
    await writeToStdout(context, text(report));
  } finally {
    await engine.close();
  }
}

/** Where both are folders, what lies there for another purpose is left out. */
async function loadBoth(reference: string, hypothesis: string, context: EvaluateContext) {
  const [truth, found] = [await namesIn(reference), await namesIn(hypothesis)];
  const areFolders = truth.size > 1 && found.size > 1;
  const loaded = (path: string, wanted: ReadonlySet<string>) =>
    loadRecordings(path, areFolders ? { wanted, onLeftOut: leftOut(context) } : {});
  return [await loaded(reference, found), await loaded(hypothesis, truth)] as const;
}

/** Says which files of a folder are none that can be read, and whose name nobody asked for. */
function leftOut({ stderr }: EvaluateContext): (file: string) => void {
  return (file) => stderr.write(`colloquy: ${file} is left out: it describes no recording.\n`);
}

function parseLatencies(text: string): number[] {
  const one = seconds('--latency');
  return text.split(',').map((part) => {
    const value = one(part);
    if (value >= 0.5 && value <= 10) return value;
    throw invalidOption('--latency', 'seconds from 0.5 to 10, with commas', text);
  });
}

/** The pairs that have words on both sides; where there are some, references that nothing was found for count too. */
function wordPairs(paired: PairedRecordings) {
  const pairs = countingMissed(paired, ({ result }) => isTranscript(result), resultFromUtterances([]));
  return pairs.flatMap(({ reference, hypothesis }) =>
    isTranscript(reference.result) && isTranscript(hypothesis.result)
      ? [
          {
            recording: reference.name,
            reference: reference.result,
            hypothesis: withoutRegions(hypothesis.result, reference.unscored),
          },
        ]
      : [],
  );
}

/** The pairs that have speakers on both sides, likewise. */
function turnPairs(
  paired: PairedRecordings,
  scoring: ScoringOptions,
  uem: ReadonlyMap<string, Segment[]> | undefined,
) {
  const pairs = countingMissed(paired, ({ result }) => hasSpeakers(result), resultFromTurns([]));
  return pairs.map(({ reference, hypothesis }) => ({
    recording: reference.name,
    reference: reference.result.turns,
    hypothesis: hypothesis.result.turns,
    options: { ...scoring, ...regionsOption(uem, reference, hypothesis) },
  }));
}

/**
 * The pairs of which both sides have what is scored, and, where there are any, the references without counterpart
 * against nothing.
 */
function countingMissed(
  { pairs, withoutHypothesis }: PairedRecordings,
  has: (recording: LoadedRecording) => boolean,
  nothing: DiarizationResult,
): RecordingPair[] {
  const scored = pairs.filter(({ reference, hypothesis }) => has(reference) && has(hypothesis));
  if (scored.length === 0) return [];
  const missed = withoutHypothesis.filter(has).map((reference) => ({
    reference,
    hypothesis: { ...reference, result: nothing },
  }));
  return [...scored, ...missed].sort((a, b) => (a.reference.name < b.reference.name ? -1 : 1));
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

/** What is scored of a recording: the regions of the UEM, else all, without what its reference leaves out. */
function regionsOption(
  uem: ReadonlyMap<string, Segment[]> | undefined,
  reference: LoadedRecording,
  hypothesis: LoadedRecording,
): Pick<ScoringOptions, 'uem'> {
  const { unscored } = reference;
  if (uem !== undefined) return { uem: segmentsWithout(regionsOf(uem, reference, hypothesis), unscored) };
  if (unscored.length === 0) return {};
  const turns = [...reference.result.turns, ...hypothesis.result.turns];
  const whole = {
    startSeconds: smallestOf(turns.map(({ startSeconds }) => startSeconds)),
    endSeconds: largestOf(turns.map(({ endSeconds }) => endSeconds)),
  };
  return { uem: turns.length === 0 ? [] : segmentsWithout([whole], unscored) };
}

/** The regions of a recording, under any of its names. */
function regionsOf(
  uem: ReadonlyMap<string, Segment[]>,
  reference: LoadedRecording,
  hypothesis: LoadedRecording,
): Segment[] {
  const names = [reference.recordingId, reference.name, hypothesis.recordingId, hypothesis.name];
  const name = names.find((candidate) => uem.has(candidate));
  if (name !== undefined) return uem.get(name)!;
  const listed = [...uem.keys()].slice(0, 5).join(', ');
  throw new InvalidInputError(
    'invalid_option',
    `The UEM has no region for the recording ${reference.name}; it is about ${listed}.`,
  );
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
    withoutHypothesis: namesOf(paired.withoutHypothesis),
    withoutReference: namesOf(paired.withoutReference),
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

/** What has no counterpart must not go unseen. */
function nameUnmatched(
  { withoutHypothesis, withoutReference }: PairedRecordings,
  { stderr, setExitCode }: EvaluateContext,
): void {
  if (withoutHypothesis.length > 0) {
    stderr.write(`Counted as missed, no hypothesis: ${namesOf(withoutHypothesis).join(', ')}\n`);
    setExitCode(EXIT_CODES.someFailed);
  }
  if (withoutReference.length > 0)
    stderr.write(`Passed over, no reference: ${namesOf(withoutReference).join(', ')}\n`);
}

function namesOf(recordings: readonly LoadedRecording[]): string[] {
  return recordings.map(({ name }) => name);
}
