/**
 * Runs `work` for every item, at most `concurrency` at a time, and settles when all have ended. Results stand in the
 * order of the items; one failure does not stop the others.
 */
export async function settleAll<Item, R>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item, index: number) => Promise<R>,
): Promise<PromiseSettledResult<R>[]> {
  const results: PromiseSettledResult<R>[] = new Array<PromiseSettledResult<R>>(items.length);
  let next = 0;
  async function lane(): Promise<void> {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await work(items[index]!, index).then(
        (value) => ({ status: 'fulfilled', value }) as const,
        (reason: unknown) => ({ status: 'rejected', reason }) as const,
      );
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, lane));
  return results;
}
