import { openChain } from '../../core/inference/session-chain.ts';
import type { ChainRun, Session, SessionChain, Tensor } from '../../core/inference/session.ts';
import { sharedFloat32 } from '../../core/inference/session.ts';

type Run = { readonly feeds: Record<string, Tensor>; readonly fetches: readonly string[] | undefined };

/** What a model was fed, and the plain session to feed it again. */
export type RecordedRuns = {
  readonly plain: Session;
  readonly runs: readonly Run[];
  /** Steps of each chain. */
  readonly chains: readonly (readonly ChainRun[])[];
};

/** A session that keeps a copy of everything it was fed, to be run again alone. */
export function recordRuns(session: Session): RecordedRuns & { readonly recording: Session } {
  const runs: Run[] = [];
  const chains: ChainRun[][] = [];
  const recording: Session = {
    ...session,
    run: (feeds, fetches) => {
      runs.push({ feeds: copied(feeds), fetches });
      return session.run(feeds, fetches);
    },
    openChain: async () => {
      const steps: ChainRun[] = [];
      chains.push(steps);
      const chain = await openChain(session);
      return {
        run: (step) => {
          steps.push({ ...step, feeds: copied(step.feeds) });
          return chain.run(step);
        },
        release: () => chain.release(),
      } satisfies SessionChain;
    },
    // In this thread instead, so that its runs are seen.
    work: undefined,
    release: () => session.release(),
  };
  return { recording, plain: session, runs, chains };
}

function copied(feeds: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  const kept = Object.entries(feeds).map(([name, { data, dims }]): readonly [string, Tensor] => {
    if (!(data instanceof Float32Array)) return [name, { data: data.slice(), dims }];
    const copy = sharedFloat32(data.length);
    copy.set(data);
    return [name, { data: copy, dims }];
  });
  return Object.fromEntries(kept);
}

/** Runs everything again, all inputs ready, as many side by side as the session likes; models one after another. */
export async function replay(parts: readonly RecordedRuns[]): Promise<number> {
  const started = performance.now();
  for (const part of parts) await replayPart(part);
  return (performance.now() - started) / 1000;
}

async function replayPart({ plain, runs, chains }: RecordedRuns): Promise<void> {
  await sideBySide(runs, plain.concurrency, ({ feeds, fetches }) => plain.run(feeds, fetches));
  await sideBySide(chains, plain.concurrency, async (steps) => {
    const chain = await openChain(plain);
    for (const step of steps) await chain.run(step);
    chain.release();
  });
}

async function sideBySide<T>(
  items: readonly T[],
  count: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) await work(items[next++]!);
  };
  await Promise.all(Array.from({ length: count }, worker));
}
