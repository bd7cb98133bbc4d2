/** A stream from its beginning, after somebody listened to some of it: what was heard, then the rest. */
export async function* continued<Block>(
  heard: Block[],
  source: AsyncIterator<Block, unknown>,
): AsyncGenerator<Block, void, undefined> {
  try {
    while (heard.length > 0) yield heard.shift()!;
    for (;;) {
      const next = await source.next();
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await source.return?.();
  }
}
