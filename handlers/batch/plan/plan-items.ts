import type { BatchEnds } from '../ends/read-ends.ts';
import type { BatchItem } from '../items/batch-item.ts';
import { fingerprintOf, itemIdOf } from '../items/item-id.ts';
import type { BatchSource, SourceEntry, SourceProblem } from '../sources/batch-source.ts';

/** What a plan found, for people. */
export type PlanCounts = {
  /** Recordings of the source. */
  seen: number;
  /** Those that have an end. */
  ended: number;
  /** Those named twice. */
  repeated: number;
};

export type PlanOptions = {
  /** What changes every result; see `fingerprintOf`. */
  readonly work: Readonly<Record<string, unknown>>;
  /** Longest first, among so many: long recordings at the end would leave machines idle. @default 10000 items */
  readonly sortedOver?: number;
  readonly onProblem?: (problem: SourceProblem) => void;
  /** Item ids of this share of all, for machines that split the work without a queue: `index` of `count`. */
  readonly shard?: { readonly index: number; readonly count: number };
};

/** A page is sorted over this many items; more would hold more in memory for a gain of a thousandth. */
const SORTED_OVER = 10_000;

/**
 * The items that have no end yet: recordings of the source minus ends. That is all of resume, retry and "new ones only".
 */
export async function* planItems(
  source: BatchSource,
  ends: BatchEnds,
  options: PlanOptions,
  counts: PlanCounts,
  signal: AbortSignal,
): AsyncGenerator<BatchItem> {
  const { work, sortedOver = SORTED_OVER, onProblem = () => undefined, shard } = options;
  const planned = new Set<string>();
  let page: BatchItem[] = [];
  for await (const entries of source.entries(signal, onProblem)) {
    for (const entry of entries) {
      counts.seen += 1;
      const item = await itemOf(entry, work, ends, signal);
      if (item === undefined) continue;
      if (planned.has(item.id)) counts.repeated += 1;
      else if (ends.has(item.id) && !item.hasResult) {
        counts.ended += 1;
        // Known already by its end.
        continue;
      } else if (shard === undefined || isInShard(item.id, shard)) page.push(item);
      planned.add(item.id);
      if (page.length < sortedOver) continue;
      yield* longestFirst(page);
      page = [];
    }
  }
  yield* longestFirst(page);
}

/** `undefined` for a recording that went away since it was listed. */
async function itemOf(
  { store, object, name, options }: SourceEntry,
  work: Readonly<Record<string, unknown>>,
  ends: BatchEnds,
  signal: AbortSignal,
): Promise<BatchItem | undefined> {
  const { version } = object;
  const versioned = version === undefined ? await store.head(object.key, signal) : { ...object, version };
  if (versioned === undefined) return undefined;
  const fingerprint = fingerprintOf(options === undefined ? work : { ...work, options });
  const id = itemIdOf({ store: store.name, key: object.key, version: versioned.version, fingerprint });
  const hasResult = ends.unpublished.has(id);
  return { id, store, object: versioned, name, hasResult, ...(options === undefined ? {} : { options }) };
}

function longestFirst(items: BatchItem[]): BatchItem[] {
  return items.sort((a, b) => b.object.sizeBytes - a.object.sizeBytes || (a.id < b.id ? -1 : 1));
}

/** Ids are evenly spread, so any part of them divides items evenly. */
function isInShard(
  id: string,
  { index, count }: { readonly index: number; readonly count: number },
): boolean {
  return parseInt(Buffer.from(id.slice(-6)).toString('hex'), 16) % count === index;
}
