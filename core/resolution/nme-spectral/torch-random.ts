import { MersenneTwister } from '../../math/mersenne-twister.ts';

/** Normal numbers come in blocks of so many. */
const NORMAL_BLOCK = 16;

/**
 * torch's draws on the processor: what NeMo's counting and k-means draw, number for number.
 *
 * Exact for `integer` and `uniform`; normal numbers within 5e-7, as sine and logarithm differ in the last bit.
 *
 * @see PyTorch 2, `aten/src/ATen/native/cpu/DistributionTemplates.h`
 */
export class TorchRandom {
  readonly #twister: MersenneTwister;

  /** @param seed as `torch.manual_seed` */
  constructor(seed: number) {
    this.#twister = new MersenneTwister(seed);
  }

  /** As `torch.randint(0, below, (1,))`. */
  integer(below: number): number {
    return this.#twister.nextUint32() % below;
  }

  /** As `torch.rand(count)`: float32 in [0, 1). */
  uniform(count: number): Float32Array {
    return Float32Array.from({ length: count }, () => (this.#twister.nextUint32() & 0xffffff) / 2 ** 24);
  }

  /**
   * As `torch.randn(count)`: float32.
   *
   * @param count at least 16; torch draws fewer in another way, which nothing here needs
   */
  normal(count: number): Float32Array {
    const values = this.uniform(count);
    for (let start = 0; start + NORMAL_BLOCK <= count; start += NORMAL_BLOCK) toNormal(values, start);
    if (count % NORMAL_BLOCK !== 0) {
      // A rest: the last 16 are drawn anew.
      values.set(this.uniform(NORMAL_BLOCK), count - NORMAL_BLOCK);
      toNormal(values, count - NORMAL_BLOCK);
    }
    return values;
  }
}

/** Box and Muller, the first eight as radius, the others as angle. */
function toNormal(values: Float32Array, start: number): void {
  const half = NORMAL_BLOCK / 2;
  for (let k = start; k < start + half; k++) {
    const radius = Math.fround(
      Math.sqrt(Math.fround(-2 * Math.fround(Math.log(Math.fround(1 - values[k]!))))),
    );
    const angle = Math.fround(Math.fround(2 * Math.PI) * values[k + half]!);
    values[k] = radius * Math.fround(Math.cos(angle));
    values[k + half] = radius * Math.fround(Math.sin(angle));
  }
}
