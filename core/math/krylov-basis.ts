import { eigenvaluesWithLastEntries, symmetricEigen } from './symmetric-eigen.ts';
import { dot, normalize } from './vector.ts';

/** `out` = A · `input` for a symmetric A; the two never share memory. */
export type SymmetricOperator = (input: Float64Array, out: Float64Array) => void;

/** Eigenvalues with a unit vector each. */
export type EigenPairs = { readonly values: Float64Array; readonly vectors: readonly Float64Array[] };

/** What the space so far says of the largest eigenvalues. */
export type RitzValues = {
  /** Descending; none is above the eigenvalue of its rank. */
  readonly values: Float64Array;
  /** Within so much of each value lies an eigenvalue. */
  readonly residuals: Float64Array;
  /** The largest |λ| met. */
  readonly magnitude: number;
};

/** Perpendicular unit vectors that grow by what A makes of them, and A in their space. */
export class KrylovBasis {
  /** [width, n] */
  readonly #vectors: Float64Array;
  /** [width, width]: vᵢ · A vⱼ. */
  readonly #projected: Float64Array;
  readonly #width: number;
  readonly #n: number;
  readonly #outside: readonly Float64Array[];
  #size = 0;
  /** What the last extension left. */
  #remainderLength = 0;

  /**
   * @param width most vectors
   * @param outside perpendicular unit vectors that all of the basis is perpendicular to
   */
  constructor(n: number, width: number, outside: readonly Float64Array[]) {
    this.#vectors = new Float64Array(width * n);
    this.#projected = new Float64Array(width * width);
    this.#width = width;
    this.#n = n;
    this.#outside = outside;
  }

  get size(): number {
    return this.#size;
  }

  get isFull(): boolean {
    return this.#size === this.#width;
  }

  /** Largest |vᵢ · A vⱼ| of neighbours: what rounding is measured by. */
  get scale(): number {
    let largest = 0;
    for (let i = 0; i < this.#size; i++) {
      largest = Math.max(largest, Math.abs(this.#projected[i * this.#width + i]!));
    }
    return largest;
  }

  /**
   * Adds a unit vector; `vector` becomes what A makes of it beside the basis, as a unit vector.
   *
   * @returns the length of what is left
   */
  extend(apply: SymmetricOperator, vector: Float64Array): number {
    const own = this.#vectors.subarray(this.#size * this.#n, (this.#size + 1) * this.#n);
    own.set(vector);
    apply(own, vector);
    this.#size += 1;
    const before = Math.sqrt(dot(vector, vector));
    this.#removeOutside(vector);
    this.#removeBasis(vector);
    let length = normalize(vector);
    // Where little is left, rounding is much of it (Daniel, Gragg, Kaufman & Stewart 1976).
    if (length < 0.5 * before && length > 0) {
      this.#removeOutside(vector);
      this.#removeBasis(vector, length);
      length *= normalize(vector);
    }
    this.#remainderLength = length;
    return length;
  }

  /** Makes `vector` perpendicular to all, and a unit vector. */
  makePerpendicular(vector: Float64Array): void {
    for (let pass = 0; pass < 2; pass++) {
      this.#removeOutside(vector);
      for (let index = 0; index < this.#size; index++) {
        const start = index * this.#n;
        subtract(vector, this.#vectors.subarray(start, start + this.#n));
      }
      normalize(vector);
    }
  }

  /** @param count at most `size` */
  ritzValues(count: number): RitzValues {
    const size = this.#size;
    const { values, lastEntries } = eigenvaluesWithLastEntries(this.#small(), size);
    const residualOf = (rank: number): number =>
      this.#remainderLength * Math.abs(lastEntries[size - 1 - rank]!);
    return {
      values: Float64Array.from({ length: count }, (_, rank) => values[size - 1 - rank]!),
      residuals: Float64Array.from({ length: count }, (_, rank) => residualOf(rank)),
      magnitude: Math.max(Math.abs(values[0]!), Math.abs(values[size - 1]!)),
    };
  }

  /** The largest `count` in the space, descending, with their vectors. */
  ritzPairs(count: number): EigenPairs {
    const size = this.#size;
    const { values, vectors } = symmetricEigen(this.#small(), size);
    return {
      values: Float64Array.from({ length: count }, (_, rank) => values[size - 1 - rank]!),
      vectors: Array.from({ length: count }, (_, rank) =>
        this.#combined(vectors.subarray((size - 1 - rank) * size, (size - rank) * size)),
      ),
    };
  }

  /** Goes on with the best `kept` directions so far; the vector that comes next is as before. */
  restart(kept: number): void {
    const { values, vectors } = this.ritzPairs(kept);
    this.#projected.fill(0);
    vectors.forEach((vector, index) => {
      this.#vectors.set(vector, index * this.#n);
      this.#projected[index * this.#width + index] = values[index]!;
    });
    this.#size = kept;
  }

  #small(): Float64Array {
    const size = this.#size;
    const small = new Float64Array(size * size);
    for (let row = 0; row < size; row++) {
      const start = row * this.#width;
      small.set(this.#projected.subarray(start, start + size), row * size);
    }
    return small;
  }

  #combined(factors: Float64Array): Float64Array {
    const sum = new Float64Array(this.#n);
    for (let index = 0; index < factors.length; index++) {
      const start = index * this.#n;
      const factor = factors[index]!;
      for (let i = 0; i < sum.length; i++) sum[i]! += factor * this.#vectors[start + i]!;
    }
    normalize(sum);
    return sum;
  }

  #removeOutside(vector: Float64Array): void {
    for (const known of this.#outside) subtract(vector, known);
  }

  /** Takes the basis out of what A made of its last vector, and notes the parts, `length` times as long. */
  #removeBasis(image: Float64Array, length = 1): void {
    const last = this.#size - 1;
    const note = (index: number, part: number): void => {
      this.#projected[last * this.#width + index]! += length * part;
      if (index < last) this.#projected[index * this.#width + last]! += length * part;
    };
    let index = 0;
    // Four at a time: one sum would wait for itself, and the image is read a quarter as often.
    for (; index + 3 < this.#size; index += 4) {
      subtractFour(this.#vectors, index * this.#n, image).forEach((part, k) => note(index + k, part));
    }
    for (; index < this.#size; index++) {
      const start = index * this.#n;
      note(index, subtract(image, this.#vectors.subarray(start, start + this.#n)));
    }
  }
}

/** Takes four perpendicular unit vectors that lie one behind the other out of `from`; gives how much there was of each. */
function subtractFour(
  vectors: Float64Array,
  start: number,
  from: Float64Array,
): readonly [number, number, number, number] {
  const n = from.length;
  let [a, b, c, d] = [0, 0, 0, 0];
  const second = start + n;
  const third = second + n;
  const fourth = third + n;
  for (let i = 0; i < n; i++) {
    const value = from[i]!;
    a += value * vectors[start + i]!;
    b += value * vectors[second + i]!;
    c += value * vectors[third + i]!;
    d += value * vectors[fourth + i]!;
  }
  for (let i = 0; i < n; i++) {
    from[i]! -=
      a * vectors[start + i]! +
      b * vectors[second + i]! +
      (c * vectors[third + i]! + d * vectors[fourth + i]!);
  }
  return [a, b, c, d];
}

/** Takes a unit vector out of `from`; gives how much there was of it. */
function subtract(from: Float64Array, vector: Float64Array): number {
  const part = dot(vector, from);
  for (let i = 0; i < from.length; i++) from[i]! -= part * vector[i]!;
  return part;
}
