/** Bits of each symbol of an optimal prefix code; 0 where a symbol has none. */
export type CodeLengths = { readonly lengths: Uint8Array; readonly lastSymbol: number };

/**
 * Code lengths as zlib chooses them: among equal frequencies the shallower tree first, and codes that would be too long
 * made longest by moving others down. A code has at least two symbols, made up where they do not occur.
 *
 * @see zlib 1.2.13 `trees.c`, `build_tree`, `gen_bitlen`
 */
export function huffmanLengths(frequencies: Float64Array, longest: number): CodeLengths {
  const count = frequencies.length;
  const weights = new Float64Array(2 * count);
  const depths = new Uint8Array(2 * count);
  const parents = new Int32Array(2 * count);
  const heap = new NodeHeap(weights, depths);
  let lastSymbol = -1;
  for (let symbol = 0; symbol < count; symbol++) {
    if (frequencies[symbol]! > 0) heap.append((lastSymbol = symbol));
  }
  weights.set(frequencies);
  while (heap.size < 2) {
    const symbol = lastSymbol < 2 ? ++lastSymbol : 0;
    weights[symbol] = 1;
    heap.append(symbol);
  }
  heap.order();
  const taken: number[] = [];
  for (let node = count; ; node++) {
    const first = heap.removeLeast();
    const second = heap.least;
    taken.push(first, second);
    weights[node] = weights[first]! + weights[second]!;
    depths[node] = Math.max(depths[first]!, depths[second]!) + 1;
    parents[first] = node;
    parents[second] = node;
    heap.replaceLeast(node);
    if (heap.size < 2) break;
  }
  return { lengths: limitedLengths(taken, parents, heap.least, lastSymbol, count, longest), lastSymbol };
}

/** @param taken nodes in the order in which they were joined, the root left out */
function limitedLengths(
  taken: readonly number[],
  parents: Int32Array,
  root: number,
  lastSymbol: number,
  count: number,
  longest: number,
): Uint8Array {
  const lengths = new Uint8Array(2 * count);
  const countOf = new Int32Array(longest + 1);
  let tooLong = 0;
  lengths[root] = 0;
  for (const node of taken.toReversed()) {
    const bits = lengths[parents[node]!]! + 1;
    if (bits > longest) tooLong++;
    lengths[node] = Math.min(bits, longest);
    if (node <= lastSymbol) countOf[lengths[node]]!++;
  }
  if (tooLong > 0) {
    for (; tooLong > 0; tooLong -= 2) {
      let bits = longest - 1;
      while (countOf[bits] === 0) bits--;
      countOf[bits]!--;
      countOf[bits + 1]! += 2;
      countOf[longest]!--;
    }
    const leaves = taken.filter((node) => node <= lastSymbol);
    let next = 0;
    for (let bits = longest; bits > 0; bits--) {
      for (let left = countOf[bits]!; left > 0; left--) lengths[leaves[next++]!] = bits;
    }
  }
  return lengths.subarray(0, count);
}

/** Nodes by weight, then depth; equal ones in the order that zlib's sifting gives. */
class NodeHeap {
  readonly #nodes: number[] = [0];
  readonly #weights: Float64Array;
  readonly #depths: Uint8Array;

  constructor(weights: Float64Array, depths: Uint8Array) {
    this.#weights = weights;
    this.#depths = depths;
  }

  get size(): number {
    return this.#nodes.length - 1;
  }

  get least(): number {
    return this.#nodes[1]!;
  }

  append(node: number): void {
    this.#nodes.push(node);
  }

  order(): void {
    for (let place = this.size >> 1; place >= 1; place--) this.#siftDown(place);
  }

  removeLeast(): number {
    const least = this.least;
    const last = this.#nodes.pop()!;
    if (this.size > 0) this.replaceLeast(last);
    return least;
  }

  replaceLeast(node: number): void {
    this.#nodes[1] = node;
    this.#siftDown(1);
  }

  #siftDown(start: number): void {
    const node = this.#nodes[start]!;
    let place = start;
    for (let child = place << 1; child <= this.size; child = place << 1) {
      if (child < this.size && this.#precedes(this.#nodes[child + 1]!, this.#nodes[child]!)) child++;
      if (this.#precedes(node, this.#nodes[child]!)) break;
      this.#nodes[place] = this.#nodes[child]!;
      place = child;
    }
    this.#nodes[place] = node;
  }

  #precedes(a: number, b: number): boolean {
    const difference = this.#weights[a]! - this.#weights[b]!;
    return difference < 0 || (difference === 0 && this.#depths[a]! <= this.#depths[b]!);
  }
}
