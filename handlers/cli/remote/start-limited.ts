/**
 * Starts `work` for every item, at most `concurrency` at a time, in order.
 *
 * @returns one promise an item, at once; a failure that nobody waits for yet is not reported as unhandled
 */
export function startLimited<Item, R>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item, index: number) => Promise<R>,
): Promise<R>[] {
  let running = 0;
  const waiting: (() => void)[] = [];

  async function run(item: Item, index: number): Promise<R> {
    if (running >= concurrency) await new Promise<void>((resolve) => waiting.push(resolve));
    running++;
    try {
      return await work(item, index);
    } finally {
      running--;
      waiting.shift()?.();
    }
  }

  return items.map((item, index) => {
    const result = run(item, index);
    result.catch(() => undefined);
    return result;
  });
}
