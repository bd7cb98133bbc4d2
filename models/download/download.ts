import { rename } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { retryAfterMs } from '../../core/net/retry-after.ts';
import { isRetryableStatus } from '../../core/net/retryable-status.ts';
import type { HeldLock } from '../file-lock.ts';
import type { ManifestFile } from '../manifest.ts';
import { isChecked } from '../recorded-checksums.ts';
import {
  isSpeechError,
  ModelError,
  OutputError,
  type SpeechError,
  throwIfAborted,
} from '../../core/errors.ts';
import { systemErrorCode } from '../../core/system-error-code.ts';
import type { Downloader, OpenedDownload } from './open-download.ts';
import { PartialDownload } from './partial-download.ts';
import { TransferError } from './transfer-error.ts';
import { checksumMismatch } from '../verify.ts';

/** No model of the manifest is larger; a file of unknown size may not fill the disk. */
export const DEFAULT_MAX_FILE_BYTES = 8 * 2 ** 30;

const TRIES_PER_SOURCE = 5;
const FIRST_PAUSE_MS = 500;
/** The longest pause that a server may ask for. */
const MAX_RETRY_AFTER_MS = 120_000;

export type DownloadRequest = {
  readonly modelId: string;
  readonly file: ManifestFile;
  /** Where to get it, best first. */
  readonly urls: readonly string[];
  /** Final path; the folder exists and the caller holds its lock. */
  readonly target: string;
  readonly maxBytes: number;
  readonly downloader: Downloader;
  readonly lock: HeldLock;
  readonly signal?: AbortSignal | undefined;
  /** Bytes that are here, of the total where it is known. */
  readonly onProgress?: ((receivedBytes: number, totalBytes: number | undefined) => void) | undefined;
  /** Pause before the second try of a source; doubles with each. */
  readonly firstPauseMs?: number | undefined;
};

/**
 * Fetches one file: resumes what an earlier try left, hashes while it streams, and puts the file at its path only when
 * the checksum is right, or is not known and the file whole. A cut connection, silence, 429 and 5xx are tried again, five times a source, each from where
 * the last stopped; then the next source. What was received stays for the next call unless it was wrong.
 *
 * @throws SpeechError `model_checksum_mismatch`, `model_download_failed`, `output_not_writable`, `canceled`
 */
export async function downloadFile(request: DownloadRequest): Promise<void> {
  const failures: TransferError[] = [];
  for (const url of request.urls) {
    try {
      await downloadFrom(url, request);
      return;
    } catch (error) {
      if (!(error instanceof TransferError)) throw translate(error, request);
      failures.push(error);
    }
  }
  throw allFailed(failures, request);
}

function allFailed(failures: readonly TransferError[], { modelId, file }: DownloadRequest): SpeechError {
  const retryable = failures.some((failure) => failure.retryable);
  const remedy = retryable ? 'Try again (a download resumes), or fetch it' : 'Fetch it';
  return new ModelError(
    'model_download_failed',
    `The file ${file.name} of the model ${modelId} could not be downloaded: ` +
      `${failures.map(({ message }) => message).join('; ')}. ${remedy} by hand` +
      (isChecked(file) ? ` and check that its SHA-256 is ${file.sha256}.` : '.'),
    { details: { model: modelId, file: file.name }, retryable },
  );
}

async function downloadFrom(url: string, request: DownloadRequest): Promise<void> {
  for (let tries = 1; ; tries++) {
    throwIfAborted(request.signal);
    try {
      await transfer(url, request);
      return;
    } catch (error) {
      throwIfAborted(request.signal);
      if (!(error instanceof TransferError) || !error.retryable || tries === TRIES_PER_SOURCE) throw error;
      const usual = (request.firstPauseMs ?? FIRST_PAUSE_MS) * 2 ** (tries - 1);
      const pause = Math.max(usual, error.retryAfterMs);
      await delay(pause, undefined, request.signal ? { signal: request.signal } : {}).catch(() => undefined);
    }
  }
}

/** One try: at most one response body. */
async function transfer(url: string, request: DownloadRequest): Promise<void> {
  const { target, file, signal } = request;
  const partial = await PartialDownload.open(target, signal);
  try {
    const resumedAt = partial.bytes;
    // All bytes may be here already, from a process that was killed just before the rename.
    const isWhole = resumedAt > 0 && partial.digest() === file.sha256;
    const total = isWhole ? undefined : await receive(url, partial, request);
    await judge(url, partial, { resumedAt, total }, request);
    await partial.flush();
  } finally {
    await partial.close();
  }
  if (!request.lock.isHeld()) throw lockLost(request);
  await rename(partial.path, target);
  await PartialDownload.remove(target);
}

/** Gives how many bytes the file has, where anybody says. */
async function receive(
  url: string,
  partial: PartialDownload,
  request: DownloadRequest,
): Promise<number | undefined> {
  const { file, maxBytes, onProgress } = request;
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (partial.bytes > 0) {
    headers.range = `bytes=${partial.bytes}-`;
    if (partial.validator !== undefined) headers['if-range'] = partial.validator;
  }
  const response = await request.downloader.open(url, headers, request.signal);
  // Destroying a body that was not read to its end raises an error on it, after everybody has left.
  response.body.on('error', () => undefined);
  try {
    await settleStart(response, partial);
    const total = file.bytes ?? announcedTotal(response, partial.bytes);
    onProgress?.(partial.bytes, total);
    for await (const chunk of bodyChunks(response.body, url)) {
      if (partial.bytes + chunk.byteLength > (file.bytes ?? maxBytes))
        throw await oversize(url, partial, request);
      await partial.append(chunk);
      onProgress?.(partial.bytes, total);
    }
    return total;
  } finally {
    response.body.destroy();
  }
}

/** Brings the partial file to where the body begins, or says why there is no body to use. */
async function settleStart(response: OpenedDownload, partial: PartialDownload): Promise<void> {
  const { status, headers } = response;
  if (status === 200) {
    // The whole file: the server ignores ranges, or the version changed.
    await partial.restart(strongTag(headers.etag));
    return;
  }
  if (
    status === 206 &&
    /^bytes (\d+)-/.exec(headerText(headers['content-range']))?.[1] === `${partial.bytes}`
  )
    return;
  if (status === 206 || status === 416) {
    await partial.restart(undefined);
    throw new TransferError('the server answered with another part of the file than was asked for', true);
  }
  const waitMs = retryAfterMs(headerText(headers['retry-after']), Date.now(), MAX_RETRY_AFTER_MS);
  const reason = `the server answered with status ${status}`;
  throw new TransferError(reason, isRetryableStatus(status), undefined, waitMs);
}

/** Keeps errors of the network apart from errors of the disk. */
async function* bodyChunks(body: AsyncIterable<unknown>, url: string): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  for (;;) {
    const next = await chunks.next().catch((error: unknown) => {
      throw TransferError.of(error, new URL(url));
    });
    if (next.done) return;
    yield next.value as Uint8Array;
  }
}

/** Passes when the file is complete and right; wrong bytes are thrown away. */
async function judge(
  url: string,
  partial: PartialDownload,
  { resumedAt, total }: { readonly resumedAt: number; readonly total: number | undefined },
  request: DownloadRequest,
): Promise<void> {
  const { file, modelId } = request;
  const { bytes } = partial;
  const sha256 = partial.digest();
  if (sha256 === file.sha256) return;
  const expected = file.bytes ?? total;
  if (expected !== undefined && bytes < expected) {
    throw new TransferError(`the transfer ended after ${bytes} of ${expected} bytes`, true);
  }
  if (!isChecked(file)) return;
  await partial.restart(undefined);
  if (resumedAt > 0) throw new TransferError('the resumed parts do not fit together', true);
  const remedy =
    'The publisher may have replaced the file, or somebody changed it on the way: do not work around this.';
  throw checksumMismatch({ modelId, file, where: `from ${withoutQuery(url)}`, sha256, bytes, remedy });
}

async function oversize(
  url: string,
  partial: PartialDownload,
  request: DownloadRequest,
): Promise<SpeechError> {
  const { modelId, file, maxBytes } = request;
  await partial.restart(undefined);
  return new ModelError(
    'model_download_failed',
    `${withoutQuery(url)} sends more than the ${file.bytes ?? maxBytes} bytes that the file ${file.name} of the model ` +
      `${modelId} may have; the download was stopped and removed. Check the source.`,
    { details: { model: modelId, file: file.name, limitBytes: file.bytes ?? maxBytes }, retryable: false },
  );
}

/** This machine slept, say, and somebody else goes on with the same partial file: theirs is the one to publish. */
function lockLost({ modelId, file }: DownloadRequest): SpeechError {
  return new ModelError(
    'model_download_failed',
    `Another process took over the download of ${file.name} of the model ${modelId}. Try again: it is here then, or resumes.`,
    { details: { model: modelId, file: file.name } },
  );
}

/** Errors of the disk, in our words. */
function translate(error: unknown, request: DownloadRequest): unknown {
  if (isSpeechError(error)) return error;
  const { modelId, file } = request;
  return new OutputError(
    'output_not_writable',
    `The file ${file.name} of the model ${modelId} cannot be stored (${systemErrorCode(error) ?? 'unknown reason'} at ` +
      `${request.target}). Make room or name another folder with COLLOQUY_CACHE; the download resumes.`,
    { cause: error, details: { model: modelId, file: file.name } },
  );
}

function announcedTotal(response: OpenedDownload, start: number): number | undefined {
  const length = Number(headerText(response.headers['content-length']) || Number.NaN);
  return Number.isSafeInteger(length) ? start + length : undefined;
}

/** Only a strong tag promises the same bytes. */
function strongTag(etag: string | string[] | undefined): string | undefined {
  const text = headerText(etag);
  return text.startsWith('"') ? text : undefined;
}

function headerText(value: string | string[] | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** Queries of signed URLs are secrets. */
function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
