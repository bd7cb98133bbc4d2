import * as z from 'zod';
import { fingerprintOf } from './items/item-id.ts';
import { jsonBytes, readJson, type BatchStore } from './store/batch-store.ts';
import type { BatchLayout } from './ends/batch-layout.ts';

/** What a batch is: written once, so that its results can be understood and gone on with. */
export const batchPlanSchema = z.object({
  schemaVersion: z.literal(1),
  /** The source that it was first run with. */
  source: z.string(),
  task: z.string(),
  options: z.record(z.string(), z.unknown()),
  formats: z.array(z.string()),
  models: z.array(z.object({ id: z.string(), sha256: z.string() })),
  createdAt: z.string(),
});

export type BatchPlan = z.infer<typeof batchPlanSchema>;

/** Everything of a plan that changes results: what item ids are made of. */
export function workOf({ task, options, formats, models }: BatchPlan): Record<string, unknown> {
  return { schemaVersion: 1, task, options, formats, models };
}

/** Name of a batch: equal options give the equal batch, so that the same command goes on with it. */
export function batchNameOf(plan: BatchPlan): string {
  return `b-${fingerprintOf(workOf(plan)).slice(0, 12)}`;
}

/** Writes down what the batch is, unless that was done before. */
export async function keepPlan(
  store: BatchStore,
  layout: BatchLayout,
  plan: BatchPlan,
  signal: AbortSignal,
): Promise<void> {
  await store.create(layout.plan, jsonBytes(plan), 'application/json', signal);
}

/** `undefined` where there is none that we can read. */
export async function readPlan(
  store: BatchStore,
  layout: BatchLayout,
  signal: AbortSignal,
): Promise<BatchPlan | undefined> {
  const parsed = batchPlanSchema.safeParse(await readJson(store, layout.plan, signal));
  return parsed.success ? parsed.data : undefined;
}
