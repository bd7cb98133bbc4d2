import type { StreamEvent } from '../../../sdk/contract/index.ts';

/**
 * Runs a job and gives its events as they come. Whoever stops reading also stops the job.
 *
 * @param signal stops the job too
 * @returns what the job returns
 * @throws what the job throws, after its last event
 */
export async function* streamJob<Output>(
  run: (signal: AbortSignal, onEvent: (event: StreamEvent) => void) => Promise<Output>,
  signal: AbortSignal,
): AsyncGenerator<StreamEvent, Output> {
  const reader = new AbortController();
  const waiting: StreamEvent[] = [];
  const state = { isOver: false };
  let wake = (): void => undefined;
  const running = run(AbortSignal.any([signal, reader.signal]), (event) => {
    waiting.push(event);
    wake();
  }).finally(() => {
    state.isOver = true;
    wake();
  });
  // Whoever waits for it sees the failure; until then it is nobody's.
  running.catch(() => undefined);
  try {
    for (;;) {
      while (waiting.length > 0) yield waiting.shift()!;
      if (state.isOver) return await running;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    reader.abort();
    await running.catch(() => undefined);
  }
}
