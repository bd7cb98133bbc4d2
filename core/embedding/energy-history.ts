/** The recent energy of a recording, in hops of a fixed length: how loud the stretch under a partial is. */
export class EnergyHistory {
  readonly #hopSamples: number;
  /** Sum of squared samples by hop, from hop `#first` on. */
  readonly #sums: number[] = [];
  #first = 0;
  #openSum = 0;
  #openSamples = 0;

  constructor(hopSamples: number) {
    this.#hopSamples = hopSamples;
  }

  push(block: Float32Array): void {
    let index = 0;
    while (index < block.length) {
      const end = Math.min(block.length, index + this.#hopSamples - this.#openSamples);
      this.#openSamples += end - index;
      for (; index < end; index++) this.#openSum += block[index]! * block[index]!;
      if (this.#openSamples === this.#hopSamples) this.#closeHop();
    }
  }

  finish(): void {
    if (this.#openSamples > 0) this.#closeHop();
  }

  /** Forgets all hops before `hop`. */
  dropBefore(hop: number): void {
    const drop = Math.min(hop - this.#first, this.#sums.length);
    if (drop <= 0) return;
    this.#sums.splice(0, drop);
    this.#first += drop;
  }

  /** Mean of the squared samples under `count` hops from `hop` on; what lies past the end counts as silence. */
  meanSquare(hop: number, count: number): number {
    let sum = 0;
    for (let index = hop; index < hop + count; index++) sum += this.#sums[index - this.#first] ?? 0;
    return sum / (count * this.#hopSamples);
  }

  #closeHop(): void {
    this.#sums.push(this.#openSum);
    this.#openSum = 0;
    this.#openSamples = 0;
  }
}
