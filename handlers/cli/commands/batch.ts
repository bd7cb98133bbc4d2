import { Command } from 'commander';
import { readableTime } from '../../../core/formats/writing/clock.ts';
import { batchesOf, deadItemsOf, reviveDeadItems, statusOf } from '../../batch/batch-status.ts';
import { planBatch, runBatch, type BatchOptions } from '../../batch/run-batch.ts';
import { EXIT_CODES } from '../../errors/error-mapping.ts';
import {
  addRunOptions,
  addStoreOptions,
  batchPlanOf,
  type BatchCliOptions,
  runSettings,
} from '../batch/batch-options.ts';
import { batchReporter, outcomeText } from '../batch/batch-progress.ts';
import { estimateOf } from '../batch/estimate.ts';
import { executorOf, openBatch, placesOf } from '../batch/open-batch.ts';
import { watchSource } from '../batch/watch-source.ts';
import { addWatchOptions, type WatchCliOptions } from '../batch/watch-options.ts';
import { addWorkOptions, type WorkCliOptions, workOnQueue } from '../batch/work-queue.ts';
import type { CliContext } from '../context.ts';
import { createMessenger } from '../output/progress.ts';

const EXAMPLES = `Examples:
  colloquy batch run recordings/ --to transcripts/ --format srt,json
  colloquy batch run s3://calls/2026/ --to s3://transcripts/2026 --format json
  colloquy batch run list.csv --to results/ --job diarize --format rttm
  colloquy batch run recordings/ --to transcripts/ --dry-run
  colloquy batch run s3://calls/ --to s3://transcripts/ --endpoint ENDPOINT_ID --jobs 20
  colloquy batch run s3://calls/ --to s3://transcripts/ --queue redis://valkey:6379
  colloquy batch work --queue redis://valkey:6379 --concurrency 2
  colloquy batch watch inbox/ --to transcripts/
  colloquy batch watch s3://calls/ --to s3://transcripts/ --events sqs:https://sqs.eu-central-1.amazonaws.com/123/calls
  colloquy batch status transcripts/
  colloquy batch failed transcripts/ --csv > failed.csv
  colloquy batch retry transcripts/ --code audio_unreachable

The same command again does what is missing, and nothing else. docs/batch.md has the rest.
`;

type TargetOptions = Pick<BatchCliOptions, 's3Endpoint' | 's3Region'> & { readonly json?: true };

/** `colloquy batch …`: many recordings, each worked on exactly once. */
export function batchCommand(context: CliContext): Command {
  return new Command('batch')
    .description('Work on many recordings, each exactly once, whatever happens')
    .addHelpText('before', EXAMPLES)
    .addCommand(
      addRunOptions(
        new Command('run')
          .description('Work off everything in SOURCE that has no result in TARGET')
          .argument(
            '<source>',
            'a folder, a pattern in quotes, s3://BUCKET/PREFIX, or a list (.jsonl, .csv)',
          ),
      ).action((source: string, options: BatchCliOptions) => runOnce(source, options, context)),
    )
    .addCommand(
      addWatchOptions(
        new Command('watch')
          .description('Work off SOURCE, and go on with recordings as they come')
          .argument('<source>', 'a folder, a pattern in quotes, or s3://BUCKET/PREFIX'),
      ).action((source: string, options: WatchCliOptions) => watchSource(source, options, context)),
    )
    .addCommand(
      addWorkOptions(
        new Command('work').description('Work on the recordings of a queue, until it is stopped'),
      ).action((options: WorkCliOptions) => workOnQueue(options, context)),
    )
    .addCommand(
      targetCommand('status', 'Say how far the batches of TARGET are').action(
        (target: string, options: TargetOptions) => showStatus(target, options, context),
      ),
    )
    .addCommand(
      targetCommand('failed', 'List recordings of TARGET that failed for good, and why')
        .option('--csv', 'as CSV, for spreadsheets')
        .action((target: string, options: TargetOptions & { readonly csv?: true }) =>
          listFailed(target, options, context),
        ),
    )
    .addCommand(
      targetCommand('retry', 'Let recordings that failed for good be tried again by the next run')
        .option('--code <code>', 'only those that failed with this code')
        .action(async (target: string, options: TargetOptions & { readonly code?: string }) => {
          const place = await placesOf(options, context).open(target);
          const revived = await reviveDeadItems(place, options.code, context.signal);
          context.stdout.write(`${revived} will be tried again by the next run of their batch.\n`);
        }),
    );
}

function targetCommand(name: string, description: string): Command {
  return addStoreOptions(
    new Command(name).description(description).argument('<target>', 'TARGET of the batch'),
  ).option('--json', 'as JSON, for programs');
}

async function runOnce(source: string, options: BatchCliOptions, context: CliContext): Promise<void> {
  const messenger = createMessenger(options.json ? 'json' : options.progress, context.stderr);
  const places = await openBatch(source, options, context);
  const plan = await batchPlanOf(source, options, messenger, context);
  const batch = { plan, ...places, ...runSettings(options, messenger, context) };
  if (options.dryRun) return showPlan(batch, options, context);
  const executor = await executorOf(plan, places, options, context, messenger);
  try {
    const { counts, planned, deadInAll } = await runBatch(
      batch,
      executor,
      batchReporter(options.json ?? false, messenger, context),
    );
    messenger.clear();
    messenger.note(outcomeText(counts, planned.ended));
    if (deadInAll > 0) context.setExitCode(EXIT_CODES.someFailed);
  } finally {
    messenger.clear();
    await executor.close();
  }
}

async function showPlan(
  batch: BatchOptions,
  options: BatchCliOptions,
  { stdout }: CliContext,
): Promise<void> {
  const { items, planned } = await planBatch(batch);
  const estimate = estimateOf();
  for await (const item of items) {
    estimate.add(item);
    if (options.json)
      stdout.write(`${JSON.stringify({ item: item.id, name: item.name, bytes: item.object.sizeBytes })}\n`);
    else stdout.write(`${item.name}\n`);
  }
  if (options.json) return;
  const { items: count, audioSeconds, computeSeconds } = estimate.sum();
  const cost =
    options.pricePerHour === undefined
      ? ''
      : `, about ${((computeSeconds / 3600) * options.pricePerHour).toFixed(2)} at ${options.pricePerHour} an hour`;
  stdout.write(
    `${count} to do, about ${readableTime(audioSeconds)} of audio by their sizes${cost}; ${planned.ended} of ${planned.seen} have ended.\n`,
  );
}

async function showStatus(
  target: string,
  options: TargetOptions,
  { stdout, signal, ...context }: CliContext,
): Promise<void> {
  const place = await placesOf(options, { stdout, signal, ...context }).open(target);
  for (const name of await batchesOf(place, signal)) {
    const status = await statusOf(place, name, signal);
    if (options.json) {
      stdout.write(`${JSON.stringify(status)}\n`);
      continue;
    }
    const what = status.plan === undefined ? '' : ` (${status.plan.task} of ${status.plan.source})`;
    const rest = status.unpublished + status.replaced;
    stdout.write(
      `${name}${what}: ${status.done} done, ${status.dead} failed${rest > 0 ? `, ${status.unpublished} without files, ${status.replaced} replaced` : ''}\n`,
    );
  }
}

async function listFailed(
  target: string,
  options: TargetOptions & { readonly csv?: true },
  context: CliContext,
): Promise<void> {
  const { stdout, signal } = context;
  const place = await placesOf(options, context).open(target);
  if (options.csv) stdout.write('input,code,attempts,message\r\n');
  for await (const { input, code, attempts, message, batch, item } of deadItemsOf(place, signal)) {
    if (options.json) stdout.write(`${JSON.stringify({ batch, item, input, code, attempts, message })}\n`);
    else if (options.csv)
      stdout.write(`${[input, code, String(attempts), message].map(csvCell).join(',')}\r\n`);
    else stdout.write(`${input}: ${code} after ${attempts}: ${message}\n`);
  }
}

/** Quoted where needed; a cell that begins like a formula is none. */
function csvCell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
