import { expect, it } from 'vitest';
import { streamJob } from '../../../../handlers/work/jobs/stream-job.ts';
import type { StreamEvent } from '../../../../sdk/contract/index.ts';

const running = new AbortController().signal;

function event(message: string): StreamEvent {
  return { schemaVersion: 1, type: 'warning', index: 0, warning: { code: 'w', message } };
}

/** Everything that a stream gives, and what it ends with. */
async function drain(stream: AsyncGenerator<StreamEvent, unknown>) {
  const events: StreamEvent[] = [];
  for (;;) {
    const step = await stream.next();
    if (step.done === true) return { events, output: step.value };
    events.push(step.value);
  }
}

it('gives events in order, at once or later, and ends with the output', async () => {
  const stream = streamJob(async (_signal, onEvent) => {
    onEvent(event('a'));
    onEvent(event('b'));
    await new Promise((resolve) => setTimeout(resolve, 5));
    onEvent(event('c'));
    return 'output';
  }, running);
  expect(await drain(stream)).toEqual({ events: [event('a'), event('b'), event('c')], output: 'output' });
});

it('gives what came before a failure, then fails', async () => {
  const stream = streamJob((_signal, onEvent) => {
    onEvent(event('a'));
    return Promise.reject(new Error('no audio'));
  }, running);
  expect(await stream.next()).toEqual({ done: false, value: event('a') });
  await expect(stream.next()).rejects.toThrow('no audio');
});

it('stops the job when its reader leaves or the job is stopped from outside', async () => {
  const stopped: string[] = [];
  const untilStopped = (name: string) => (signal: AbortSignal, onEvent: (event: StreamEvent) => void) => {
    onEvent(event(name));
    return new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => {
        stopped.push(name);
        reject(new Error('stopped'));
      });
    });
  };
  for await (const _ of streamJob(untilStopped('reader'), running)) break;
  const outside = new AbortController();
  const stream = streamJob(untilStopped('outside'), outside.signal);
  await stream.next();
  outside.abort();
  await expect(stream.next()).rejects.toThrow('stopped');
  expect(stopped).toEqual(['reader', 'outside']);
});
