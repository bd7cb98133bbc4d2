import { hostname } from 'node:os';
import { defined } from '../../core/defined.ts';
import type { SourceProblem, BatchSource } from './sources/batch-source.ts';
import type { BatchPlan } from './batch-plan.ts';
import { batchNameOf, keepPlan, workOf } from './batch-plan.ts';
import { layoutOf } from './ends/batch-layout.ts';
import { EndWriter } from './ends/end-writer.ts';
import { readEnds, type BatchEnds } from './ends/read-ends.ts';
import type { BatchExecutor } from './execute/batch-executor.ts';
import type { BatchItem } from './items/batch-item.ts';
import { planItems, type PlanCounts } from './plan/plan-items.ts';
import { BatchRate, newCounts, type BatchCounts } from './run/batch-counts.ts';
import { runItems, type ItemEvent } from './run/run-items.ts';
import { jsonBytes } from './store/batch-store.ts';
import type { OpenedPlace } from './store/open-place.ts';
import { lockForWriting } from './store/writer-lock.ts';

/** The summary is written anew so often. */
const SUMMARY_MS = 30_000;

export type BatchOptions = {
  readonly plan: BatchPlan;
  readonly source: BatchSource;
  readonly target: OpenedPlace;
  /** Files go into a folder of results, or beside the recordings. */
  readonly files: 'results' | 'beside';
  readonly shard?: { readonly index: number; readonly count: number };
  readonly attempts?: number;
  readonly stallSeconds?: number;
  /** Waits between attempts; tests shorten them. */
  readonly waits?: { readonly firstDelayMs: number; readonly maxDelayMs: number };
  readonly signal: AbortSignal;
  readonly onProblem: (problem: SourceProblem) => void;
};

/** What a run came to. */
export type BatchOutcome = {
  readonly batch: string;
  readonly counts: BatchCounts;
  readonly planned: PlanCounts;
  /** Dead letters of the whole batch, those of earlier runs included. */
  readonly deadInAll: number;
};

/** What is left to do, without doing it. */
export async function planBatch(options: BatchOptions): Promise<{
  readonly batch: string;
  readonly ends: BatchEnds;
  readonly planned: PlanCounts;
  readonly items: AsyncGenerator<BatchItem>;
}> {
  const { plan, source, target, signal, onProblem, shard } = options;
  const batch = batchNameOf(plan);
  const ends = await readEnds(target.store, layoutOf(target.prefix, batch), signal);
  const planned: PlanCounts = { seen: 0, ended: 0, repeated: 0 };
  const how = { work: workOf(plan), onProblem, ...defined({ shard }) };
  return { batch, ends, planned, items: planItems(source, ends, how, planned, signal) };
}

/** Told of every item. */
export type OnItem = (event: ItemEvent, counts: BatchCounts, rate: BatchRate) => void;

/** Works off what has no end yet. The same call again does what is missing, and nothing else. */
export async function runBatch(
  options: BatchOptions,
  executor: BatchExecutor,
  onEvent: OnItem,
): Promise<BatchOutcome> {
  return workOff(options, executor, onEvent, async (counts) => {
    const { batch, ends, planned, items } = await planBatch(options);
    const outcome = (): BatchOutcome => ({ batch, counts, planned, deadInAll: ends.dead.size + counts.dead });
    return { items, outcome };
  });
}

/**
 * Works off items as the only writer where the store needs that, with the plan and a summary beside the ends.
 *
 * @param plan gives the items, and what the run came to when they are worked off
 */
export async function workOff<Outcome>(
  options: BatchOptions,
  executor: BatchExecutor,
  onEvent: OnItem,
  plan: (counts: BatchCounts) => Promise<{ items: AsyncIterable<BatchItem>; outcome: () => Outcome }>,
): Promise<Outcome> {
  const { target, signal } = options;
  const { store } = target;
  const layout = layoutOf(target.prefix, batchNameOf(options.plan), options.files);
  const unlock = store.hasAtomicCreate ? undefined : await lockForWriting(store, layout.lock, signal);
  const now = (): number => performance.now() / 1000;
  const counts = newCounts();
  const rate = new BatchRate(now());
  const startedAt = new Date().toISOString();
  const writeSummary = async (): Promise<void> => {
    const facts = { schemaVersion: 1, startedAt, updatedAt: new Date().toISOString(), ...counts };
    await store.write(layout.summary, jsonBytes(facts), 'application/json', AbortSignal.timeout(10_000));
  };
  const timer = setInterval(() => void writeSummary().catch(() => undefined), SUMMARY_MS);
  try {
    await keepPlan(store, layout, options.plan, signal);
    const { items, outcome } = await plan(counts);
    const { attempts, stallSeconds, waits } = options;
    await runItems(items, {
      executor,
      ends: new EndWriter(store, layout, options.plan.formats),
      counts,
      rate,
      worker: `${hostname()}:${process.pid}`,
      signal,
      now,
      onEvent: (event) => onEvent(event, counts, rate),
      ...defined({ attempts, stallSeconds, waits }),
    });
    return outcome();
  } finally {
    clearInterval(timer);
    await writeSummary().catch(() => undefined);
    await unlock?.();
  }
}
