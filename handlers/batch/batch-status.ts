import { OWN_FOLDER, layoutOf } from './ends/batch-layout.ts';
import type { DeadLetter } from './ends/end-writer.ts';
import { readEnds } from './ends/read-ends.ts';
import { readPlan, type BatchPlan } from './batch-plan.ts';
import { jsonBytes, readJson } from './store/batch-store.ts';
import type { OpenedPlace } from './store/open-place.ts';

/** A batch as its objects tell it. */
export type BatchStatus = {
  readonly batch: string;
  readonly plan: BatchPlan | undefined;
  readonly done: number;
  readonly unpublished: number;
  readonly dead: number;
  readonly replaced: number;
  /** What the last run wrote about itself: rates and costs, never authority. */
  readonly summary: unknown;
};

/** A dead letter and its item. */
export type DeadItem = DeadLetter & { readonly batch: string; readonly item: string };

/** Names of the batches of a target. */
export async function batchesOf({ store, prefix }: OpenedPlace, signal: AbortSignal): Promise<string[]> {
  const root = `${prefix}${OWN_FOLDER}`;
  const names = new Set<string>();
  for await (const page of store.list(root, signal)) {
    for (const { key } of page) {
      const [name, rest] = key.slice(root.length).split('/', 2);
      if (name !== undefined && rest !== undefined) names.add(name);
    }
  }
  return [...names].sort();
}

export async function statusOf(place: OpenedPlace, batch: string, signal: AbortSignal): Promise<BatchStatus> {
  const layout = layoutOf(place.prefix, batch);
  const ends = await readEnds(place.store, layout, signal);
  return {
    batch,
    plan: await readPlan(place.store, layout, signal),
    done: ends.done.size,
    unpublished: ends.unpublished.size,
    dead: ends.dead.size,
    replaced: ends.replaced.size,
    summary: await readJson(place.store, layout.summary, signal),
  };
}

/** Every dead letter of a target's batches. */
export async function* deadItemsOf(place: OpenedPlace, signal: AbortSignal): AsyncGenerator<DeadItem> {
  for (const batch of await batchesOf(place, signal)) {
    const layout = layoutOf(place.prefix, batch);
    const { dead } = await readEnds(place.store, layout, signal);
    for (const item of [...dead].sort()) {
      const letter = (await readJson(place.store, layout.dead(item), signal)) as DeadLetter | undefined;
      if (letter !== undefined) yield { ...letter, batch, item };
    }
  }
}

/**
 * Lets dead items be planned again: their letters are kept under `attempts/`, then removed.
 *
 * @param code only letters of this error code
 * @returns how many
 */
export async function reviveDeadItems(
  place: OpenedPlace,
  code: string | undefined,
  signal: AbortSignal,
): Promise<number> {
  let revived = 0;
  for await (const dead of deadItemsOf(place, signal)) {
    if (code !== undefined && dead.code !== code) continue;
    const layout = layoutOf(place.prefix, dead.batch);
    let number = 1;
    while (
      !(await place.store.create(
        layout.attempt(dead.item, number),
        jsonBytes(dead),
        'application/json',
        signal,
      ))
    ) {
      number += 1;
    }
    await place.store.remove(layout.dead(dead.item), signal);
    revived += 1;
  }
  return revived;
}
