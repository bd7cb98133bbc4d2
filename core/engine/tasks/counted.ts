/** The same blocks; says of each how many samples it holds before it is handed on. */
export async function* counted(
  blocks: AsyncIterable<Float32Array>,
  onBlock: (samples: number) => void,
): AsyncGenerator<Float32Array> {
  for await (const block of blocks) {
    onBlock(block.length);
    yield block;
  }
}
