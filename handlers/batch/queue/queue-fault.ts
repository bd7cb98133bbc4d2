import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import * as z from 'zod';
import { ERROR_CODES, type ErrorCode } from '../../../core/error-codes.ts';
import { errorOfCode, type SpeechError } from '../../../core/errors.ts';
import { QUEUE_PREFIX } from './queue-settings.ts';

const KEY = `${QUEUE_PREFIX}:fault`;

const faultSchema = z.object({ code: z.string(), message: z.string() });

/** Stops the whole queue for a fault that is no recording's: nobody takes a job before it is resumed. */
export async function stopQueue(queue: Queue, client: Redis, failure: SpeechError): Promise<void> {
  const { code, message } = failure;
  await client.set(KEY, JSON.stringify({ code, message }));
  await queue.pause();
}

/** Why the queue was stopped; `undefined` while it works. */
export async function faultOfQueue(queue: Queue, client: Redis): Promise<SpeechError | undefined> {
  if (!(await queue.isPaused())) return undefined;
  const parsed = faultSchema.safeParse(JSON.parse((await client.get(KEY)) ?? 'null'));
  // Somebody else paused it, by hand: it goes on when they want it to.
  if (!parsed.success) return undefined;
  const code = ERROR_CODES.find((known): known is ErrorCode => known === parsed.data.code);
  return errorOfCode(code ?? 'remote_failed', parsed.data.message);
}

/** Lets a queue that was stopped for a fault work again: whoever starts a batch believes that it is mended. */
export async function resumeQueue(queue: Queue, client: Redis): Promise<void> {
  if ((await client.del(KEY)) > 0) await queue.resume();
}
