/** How two arrays differ; indices are flat, row-major. */
export type Difference = {
  readonly maxAbs: number;
  readonly maxAbsIndex: number;
  readonly maxRelative: number;
  readonly maxRelativeIndex: number;
  readonly meanAbs: number;
};

type Numbers = ArrayLike<number>;

/** Worst absolute and relative and mean absolute difference; NaN on one side only counts as infinite. */
export function differenceOf(actual: Numbers, expected: Numbers): Difference {
  let maxAbs = 0;
  let maxAbsIndex = 0;
  let maxRelative = 0;
  let maxRelativeIndex = 0;
  let sum = 0;
  for (let index = 0; index < expected.length; index++) {
    const difference = elementDifference(actual[index]!, expected[index]!);
    sum += difference;
    if (difference > maxAbs) {
      maxAbs = difference;
      maxAbsIndex = index;
    }
    const relative = difference === 0 ? 0 : difference / Math.abs(expected[index]!);
    if (relative > maxRelative) {
      maxRelative = relative;
      maxRelativeIndex = index;
    }
  }
  return {
    maxAbs,
    maxAbsIndex,
    maxRelative,
    maxRelativeIndex,
    meanAbs: expected.length === 0 ? 0 : sum / expected.length,
  };
}

function elementDifference(actual: number, expected: number): number {
  if (Object.is(actual, expected) || actual === expected) return 0;
  const difference = Math.abs(actual - expected);
  return Number.isNaN(difference) ? Infinity : difference;
}

/** Limits of `expectArrayClose`; at least one has to be given, those absent are not checked. */
export type Closeness = {
  readonly maxAbs?: number;
  readonly maxRelative?: number;
  readonly meanAbs?: number;
  readonly minCosine?: number;
};

type Shaped = { readonly shape: readonly number[]; readonly data: Numbers };

/**
 * Fails unless both arrays have the same shape and differ no more than `limits`; the message names the worst element.
 * Arrays without a shape are compared as vectors.
 */
export function expectArrayClose(
  actual: Numbers | Shaped,
  expected: Numbers | Shaped,
  limits: Closeness,
  title = 'array',
): void {
  const left = shaped(actual);
  const right = shaped(expected);
  if (left.shape.join() !== right.shape.join() || left.data.length !== right.data.length) {
    throw new Error(`${title}: shape is [${left.shape.join(', ')}], expected [${right.shape.join(', ')}]`);
  }
  if (Object.values(limits).length === 0) throw new Error(`${title}: no limit was given`);
  const worst = differenceOf(left.data, right.data);
  const cosine = limits.minCosine === undefined ? 1 : cosineOf(left.data, right.data);
  const failures = [
    exceeds(worst.maxAbs, limits.maxAbs) &&
      `largest difference is ${describe(worst.maxAbs, worst.maxAbsIndex, left, right)}, limit ${limits.maxAbs!}`,
    exceeds(worst.maxRelative, limits.maxRelative) &&
      `largest relative difference is ${describe(worst.maxRelative, worst.maxRelativeIndex, left, right)}, limit ${limits.maxRelative!}`,
    exceeds(worst.meanAbs, limits.meanAbs) && `mean difference is ${worst.meanAbs}, limit ${limits.meanAbs!}`,
    limits.minCosine !== undefined &&
      !(cosine >= limits.minCosine) &&
      `cosine is ${cosine}, limit ${limits.minCosine}`,
  ].filter((failure) => failure !== false);
  if (failures.length > 0) throw new Error(`${title}: ${failures.join('; ')}`);
}

/** Cosine of the angle between two vectors, in double precision. */
export function cosineOf(a: Numbers, b: Numbers): number {
  let dot = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (let index = 0; index < a.length; index++) {
    dot += a[index]! * b[index]!;
    squaresA += a[index]! ** 2;
    squaresB += b[index]! ** 2;
  }
  return dot / Math.sqrt(squaresA * squaresB);
}

function exceeds(value: number, limit: number | undefined): boolean {
  return limit !== undefined && !(value <= limit);
}

function describe(value: number, flatIndex: number, actual: Shaped, expected: Shaped): string {
  return `${value} at [${unravel(flatIndex, expected.shape).join(', ')}] (${actual.data[flatIndex]!}, expected ${expected.data[flatIndex]!})`;
}

function unravel(flatIndex: number, shape: readonly number[]): number[] {
  const indices: number[] = [];
  let rest = flatIndex;
  for (const extent of shape.toReversed()) {
    indices.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return indices;
}

function shaped(value: Numbers | Shaped): Shaped {
  return 'shape' in value ? value : { shape: [value.length], data: value };
}
