import { open, type FileHandle } from 'node:fs/promises';
import { addAbortSignal } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { CanceledError, isSpeechError } from '../../../core/errors.ts';
import { appendBytes } from './append-bytes.ts';
import type { ByteSource } from './byte-source.ts';
import { TransferInterrupted, tooLarge, unreachable } from './fetch-errors.ts';
import type { FetchLimits } from './fetch-limits.ts';
import { discard } from './guarded-http.ts';
import { startSpeedGuard } from './speed-guard.ts';

type Progress = { writtenBytes: number; version: string | undefined };

/** What stopped the transfer, as our own error: an abort carries its reason, all else may be tried again. */
function asInterruption(error: unknown, signal: AbortSignal): Error {
  if (signal.aborted) return isSpeechError(signal.reason) ? signal.reason : new CanceledError();
  if (isSpeechError(error) || error instanceof TransferInterrupted) return error;
  return new TransferInterrupted('the connection was cut', { cause: error });
}

/** One connection: from where the file ends to where the stream ends. */
async function transfer(
  file: FileHandle,
  source: ByteSource,
  progress: Progress,
  limits: FetchLimits,
  outer: AbortSignal,
): Promise<void> {
  const speed = startSpeedGuard(limits.minBytesPerSecond, limits.speedWindowMs);
  const signal = AbortSignal.any([outer, speed.signal]);
  try {
    const { stream, startByte, totalBytes, version } = await source.open(
      progress.writtenBytes,
      progress.version,
      signal,
    );
    addAbortSignal(signal, stream);
    try {
      if ((totalBytes ?? 0) > limits.maxBytes) throw tooLarge(limits.maxBytes);
      if (startByte !== progress.writtenBytes) await file.truncate(startByte);
      progress.writtenBytes = startByte;
      progress.version = version;
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        speed.note(chunk.length);
        if (progress.writtenBytes + chunk.length > limits.maxBytes) throw tooLarge(limits.maxBytes);
        await appendBytes(file, chunk, progress.writtenBytes);
        progress.writtenBytes += chunk.length;
      }
      if (totalBytes !== undefined && progress.writtenBytes < totalBytes) {
        throw new TransferInterrupted('the server sent less than it announced');
      }
    } finally {
      discard(stream);
    }
  } catch (error) {
    throw asInterruption(error, signal);
  } finally {
    speed.stop();
  }
}

/**
 * Streams a source into a new file, within all limits, resuming where a connection was cut.
 *
 * @returns bytes written
 * @throws InvalidInputError `audio_too_large`; InputUnavailableError `audio_unreachable` or `audio_url_forbidden`;
 * CanceledError, or the abort reason where it is one of ours
 */
export async function downloadTo(
  path: string,
  source: ByteSource,
  limits: FetchLimits,
  caller: AbortSignal,
): Promise<number> {
  const deadline = new AbortController();
  const timer = setTimeout(() => {
    deadline.abort(unreachable(`it took longer than ${limits.totalTimeoutMs / 1000} s`, { retryable: true }));
  }, limits.totalTimeoutMs);
  const signal = AbortSignal.any([caller, deadline.signal]);
  const file = await open(path, 'wx', 0o600);
  try {
    const progress: Progress = { writtenBytes: 0, version: undefined };
    for (let retries = 0; ; retries++) {
      try {
        await transfer(file, source, progress, limits, signal);
        return progress.writtenBytes;
      } catch (error) {
        if (!(error instanceof TransferInterrupted)) throw error;
        if (retries === limits.maxRetries)
          throw unreachable(error.message, {
            retryable: true,
            details: { attempts: retries + 1 },
            cause: error.cause,
          });
        await sleep(waitMs(error, retries, limits), undefined, { signal }).catch(() => {
          throw asInterruption(undefined, signal);
        });
      }
    }
  } finally {
    clearTimeout(timer);
    await file.close();
  }
}

/** The wait before the next try: ours, or what the server asks for where that is longer. */
function waitMs({ retryAfterMs = 0 }: TransferInterrupted, retries: number, limits: FetchLimits): number {
  return Math.max(limits.retryDelayMs * 2 ** retries, Math.min(retryAfterMs, limits.maxRetryAfterMs));
}
