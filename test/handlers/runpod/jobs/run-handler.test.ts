import { describe, expect, it } from 'vitest';
import { InputUnavailableError } from '../../../../core/errors.ts';
import { describeError } from '../../../../handlers/runpod/error-text.ts';
import type { JobHandler } from '../../../../handlers/runpod/jobs/handler.ts';
import type { OversizedValue } from '../../../../handlers/runpod/jobs/oversized-result.ts';
import { runHandler, type RunHandlerOptions } from '../../../../handlers/runpod/jobs/run-handler.ts';

async function run(
  handler: JobHandler,
  options: Partial<RunHandlerOptions> = {},
  jobId = 'job-1',
): Promise<{ body: Record<string, unknown>; isStream: boolean; stopPod: boolean; chunks: unknown[] }> {
  const chunks: unknown[] = [];
  const { json, isStream, stopPod } = await runHandler(
    { id: jobId, input: {} },
    {
      signal: new AbortController().signal,
      progress: () => undefined,
      freePlace: () => undefined,
      log: () => undefined,
    },
    {
      handler,
      aggregateStream: false,
      refreshWorker: false,
      oversizedResult: undefined,
      describeError,
      errorText: JSON.stringify,
      sendChunk: (json) => {
        chunks.push(JSON.parse(json));
        return Promise.resolve();
      },
      ...options,
    },
  );
  return { body: JSON.parse(json) as Record<string, unknown>, isStream, stopPod, chunks };
}

const error = (body: Record<string, unknown>): unknown => JSON.parse(String(body.error));

describe('runHandler', () => {
  it('describes errors of ours with code and details, all without a stack', async () => {
    const ours = await run(() => {
      throw new InputUnavailableError('audio_unreachable', 'No audio.', { details: { status: 404 } });
    });
    expect(error(ours.body)).toEqual({
      error_type: 'InputUnavailableError',
      error_message: 'No audio.',
      code: 'audio_unreachable',
      details: { status: 404 },
    });
    const text = await run(() => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- handlers may throw anything
      throw 'just text';
    });
    expect(error(text.body)).toEqual({ error_type: 'Error', error_message: 'just text' });
  });

  it('uses what a generator returns as its final output, beside its chunks', async () => {
    const { body, chunks, isStream } = await run(async function* () {
      yield 1;
      await Promise.resolve();
      return { total: 1 };
    });
    expect({ body, chunks, isStream }).toEqual({
      body: { output: { total: 1 } },
      chunks: [1],
      isStream: true,
    });
  });

  it('ends a generator whose chunk is an error, so that it can clean up', async () => {
    let cleaned = false;
    const { body } = await run(function* () {
      try {
        yield { error: 'no' };
        yield 2;
      } finally {
        cleaned = true;
      }
    });
    expect(body).toEqual({ error: 'no' });
    expect(cleaned).toBe(true);
  });

  it.each([
    ['job-1', 10_000_000],
    ['sync-job-1', 20_000_000],
  ])('fails the job %s beyond %d bytes, naming the size', async (jobId, limit) => {
    const fits = 'x'.repeat(limit - '{"output":""}'.length);
    expect((await run(() => fits, {}, jobId)).body.output).toHaveLength(fits.length);
    const { body } = await run(() => `${fits}x`, {}, jobId);
    expect(error(body)).toMatchObject({
      code: 'output_too_large',
      details: { bytes: limit + 1, limitBytes: limit },
    });
  });

  it('puts an oversized result elsewhere when it can, and keeps what else the result says', async () => {
    const stored: OversizedValue[] = [];
    const oversizedResult = (value: OversizedValue): Promise<unknown> => {
      stored.push(value);
      return Promise.resolve({ storedResult: { url: 'http://store/1' } });
    };
    const { body } = await run(() => ({ text: 'x'.repeat(10_000_000), refresh_worker: true }), {
      oversizedResult,
    });
    expect(body).toEqual({ output: { storedResult: { url: 'http://store/1' } }, stopPod: true });
    expect(JSON.parse(stored[0]!.json)).toHaveProperty('text');
  });

  it('fails when the store fails, or answers with something as large', async () => {
    const large = (): string => 'x'.repeat(11_000_000);
    const failing = await run(large, { oversizedResult: () => Promise.reject(new Error('store is down')) });
    expect(error(failing.body)).toMatchObject({ error_message: 'store is down' });
    const useless = await run(large, { oversizedResult: () => Promise.resolve(large()) });
    expect(error(useless.body)).toMatchObject({ code: 'output_too_large' });
  });

  it('keeps chunks under a megabyte, or fails the job', async () => {
    const handler = function* (): Generator {
      yield 'x'.repeat(1_000_000);
    };
    const failed = await run(handler);
    expect(failed.chunks).toEqual([]);
    expect(error(failed.body)).toMatchObject({ code: 'output_too_large' });
    const stored = await run(handler, { oversizedResult: () => Promise.resolve({ at: 'store' }) });
    expect(stored.chunks).toEqual([{ at: 'store' }]);
  });
});
