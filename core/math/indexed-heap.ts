/**
 * A binary min-heap over the keys 0 … n-1 whose values can change.
 *
 * Sift rules are those of scipy's `cluster/_structures.pxi`: they decide which of several equal values comes first,
 * and so the order of tied merges in centroid linkage.
 */
export class IndexedHeap {
  private readonly values: Float64Array;
  private readonly keys: Int32Array;
  private readonly positions: Int32Array;
  private count: number;

  /** @param values the value of each key; copied */
  constructor(values: Float64Array) {
    this.count = values.length;
    this.values = values.slice();
    this.keys = Int32Array.from(values, (_, index) => index);
    this.positions = this.keys.slice();
    for (let position = (this.count >> 1) - 1; position >= 0; position -= 1) this.siftDown(position);
  }

  /** The key with the smallest value. */
  get minKey(): number {
    return this.keys[0]!;
  }

  /** The smallest value. */
  get minValue(): number {
    return this.values[0]!;
  }

  removeMin(): void {
    this.swap(0, this.count - 1);
    this.count -= 1;
    this.siftDown(0);
  }

  changeValue(key: number, value: number): void {
    const position = this.positions[key]!;
    const old = this.values[position]!;
    this.values[position] = value;
    if (value < old) this.siftUp(position);
    else this.siftDown(position);
  }

  private siftUp(start: number): void {
    let position = start;
    while (position > 0) {
      const parent = (position - 1) >> 1;
      if (this.values[parent]! <= this.values[position]!) return;
      this.swap(position, parent);
      position = parent;
    }
  }

  private siftDown(start: number): void {
    let position = start;
    let child = 2 * position + 1;
    while (child < this.count) {
      if (child + 1 < this.count && this.values[child + 1]! < this.values[child]!) child += 1;
      if (this.values[position]! <= this.values[child]!) return;
      this.swap(position, child);
      position = child;
      child = 2 * position + 1;
    }
  }

  private swap(i: number, j: number): void {
    const { values, keys, positions } = this;
    const value = values[i]!;
    values[i] = values[j]!;
    values[j] = value;
    const keyI = keys[i]!;
    const keyJ = keys[j]!;
    keys[i] = keyJ;
    keys[j] = keyI;
    positions[keyI] = j;
    positions[keyJ] = i;
  }
}
