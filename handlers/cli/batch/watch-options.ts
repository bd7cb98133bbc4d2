/** Where `colloquy batch watch` hears of new recordings. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { InvalidInputError } from '../../../core/errors.ts';
import type { EventListener, OnEventProblem, OnHint } from '../../batch/events/event-listener.ts';
import { listenToFolder } from '../../batch/events/folder-events.ts';
import { listenToHttp } from '../../batch/events/http-events.ts';
import { listenToSqs } from '../../batch/events/sqs-events.ts';
import { parsePlace } from '../../batch/store/parse-place.ts';
import type { CliContext } from '../context.ts';
import { addBatchOptions, type BatchCliOptions } from './batch-options.ts';

/** A way to hear of new recordings. */
export type EventsChoice =
  | { readonly kind: 'folder' }
  | { readonly kind: 'http'; readonly host: string; readonly port: number }
  | { readonly kind: 'sqs'; readonly queueUrl: string };

export type WatchCliOptions = BatchCliOptions & {
  readonly events?: EventsChoice;
  /** Seconds. */
  readonly every: number;
  readonly poll?: true;
};

export function addWatchOptions(command: Command): Command {
  return addBatchOptions(command)
    .addOption(
      new Option(
        '--events <where>',
        'what tells of new recordings: folder, http:[HOST:]PORT, sqs:QUEUE_URL (default: folder for folders)',
      ).argParser(eventsOf),
    )
    .addOption(
      new Option('--every <time>', 'list everything so often, since events get lost: 90s, 15m, 2h')
        .argParser(secondsOf)
        .default(900, '15m'),
    )
    .option('--poll', 'look at files again and again: for network folders, which give no events');
}

/**
 * Begins to listen.
 *
 * @param root the folder or bucket of SOURCE
 * @returns `undefined` where nothing tells of new recordings but the listing
 */
export async function listen(
  root: string,
  { events, poll, s3Region: region }: WatchCliOptions,
  { config }: CliContext,
  onHint: OnHint,
  onProblem: OnEventProblem,
): Promise<EventListener | undefined> {
  const place = parsePlace(root);
  const choice = events ?? (place.kind === 'folder' ? { kind: 'folder' as const } : undefined);
  if (choice === undefined) return undefined;
  if ((choice.kind === 'folder') !== (place.kind === 'folder')) {
    throw new InvalidInputError(
      'invalid_option',
      'A folder is watched with --events folder; s3://BUCKET/PREFIX with http:PORT or sqs:QUEUE_URL.',
    );
  }
  if (place.kind === 'folder')
    return listenToFolder(place.folder, onHint, onProblem, poll && { polls: true });
  const { bucket } = place;
  if (choice.kind === 'http') {
    const token = config.environment.COLLOQUY_EVENTS_TOKEN;
    return listenToHttp({ host: choice.host, port: choice.port, token, bucket }, onHint, onProblem);
  }
  if (choice.kind === 'sqs') {
    const endpoint = config.environment.AWS_ENDPOINT_URL_SQS;
    return listenToSqs({ queueUrl: choice.queueUrl, region, endpoint, bucket }, onHint, onProblem);
  }
  return undefined;
}

function eventsOf(text: string): EventsChoice {
  if (text === 'folder') return { kind: 'folder' };
  const http = /^http:(?:(.+):)?(\d{1,5})$/.exec(text);
  if (http !== null && Number(http[2]) < 65_536) {
    return {
      kind: 'http',
      host: (http[1] ?? '127.0.0.1').replace(/^\[|\]$/g, ''),
      port: Number(http[2]),
    };
  }
  const queueUrl = /^sqs:(.+)$/.exec(text)?.[1];
  if (queueUrl !== undefined && URL.canParse(queueUrl)) return { kind: 'sqs', queueUrl };
  throw new InvalidArgumentError('expected folder, http:PORT, http:HOST:PORT or sqs:QUEUE_URL');
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

function secondsOf(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text);
  const seconds = Number(match?.[1]) * (UNITS[match?.[2] ?? ''] ?? NaN);
  if (seconds >= 1 && seconds <= 7 * 86_400) return seconds;
  throw new InvalidArgumentError('expected a time from 1s to 7d, as 90s, 15m or 2h');
}
