const STATE_WORDS = 624;
const SHIFT_WORDS = 397;

/**
 * The Mersenne twister MT19937: equal seeds give the sequence that NumPy's `RandomState` and torch's CPU generator give.
 *
 * @see M. Matsumoto & T. Nishimura, "Mersenne Twister: A 623-dimensionally equidistributed uniform pseudorandom number
 *   generator", ACM TOMACS 8, 1998
 */
export class MersenneTwister {
  readonly #state = new Uint32Array(STATE_WORDS);
  #next = STATE_WORDS;

  /** @param seed 32 bits are used */
  constructor(seed: number) {
    const state = this.#state;
    state[0] = seed;
    for (let i = 1; i < STATE_WORDS; i++) {
      const before = state[i - 1]!;
      state[i] = Math.imul(1812433253, before ^ (before >>> 30)) + i;
    }
  }

  /** The next 32 bits as a number from 0 to 2^32 - 1. */
  nextUint32(): number {
    if (this.#next === STATE_WORDS) this.#refill();
    let word = this.#state[this.#next++]!;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  #refill(): void {
    const state = this.#state;
    for (let i = 0; i < STATE_WORDS; i++) {
      const joined = (state[i]! & 0x80000000) | (state[(i + 1) % STATE_WORDS]! & 0x7fffffff);
      const twist = joined & 1 ? 0x9908b0df : 0;
      state[i] = state[(i + SHIFT_WORDS) % STATE_WORDS]! ^ (joined >>> 1) ^ twist;
    }
    this.#next = 0;
  }
}
