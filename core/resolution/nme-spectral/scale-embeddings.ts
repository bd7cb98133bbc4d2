import type { Matrix } from '../../math/matrix.ts';

/** Short segments of speech of one length and a vector of each, in order of time. */
export type ScaleEmbeddings = {
  /** [n] float32, as all of NeMo's arithmetic with them. */
  readonly startSeconds: Float32Array;
  readonly endSeconds: Float32Array;
  /** [n, dimension] raw, as the encoder gives them. */
  readonly vectors: Matrix;
};

/** The same speech seen at several scales. */
export type MultiScaleEmbeddings = {
  /** Longest segments first; the last scale is the base scale, whose segments get the labels. */
  readonly scales: readonly ScaleEmbeddings[];
  /** How much each scale counts. */
  readonly weights: readonly number[];
};

/** The scale whose segments get the labels. */
export function baseScaleOf({ scales }: MultiScaleEmbeddings): ScaleEmbeddings {
  return scales.at(-1)!;
}

/**
 * For each segment of the base scale the one of another scale whose middle is nearest, the earlier of equals.
 *
 * Middles are float32: scales share their grid, so exact ties are common, and single precision decides them.
 *
 * @see NeMo 2.7.3 `get_argmin_mat`
 */
export function mapToScale(base: ScaleEmbeddings, scale: ScaleEmbeddings): Int32Array {
  const middles = middlesOf(scale);
  const baseMiddles = middlesOf(base);
  // In order of time the nearest one never lies before that of the segment before.
  const inOrder = isAscending(middles) && isAscending(baseMiddles);
  let from = 0;
  return Int32Array.from(baseMiddles, (middle) => {
    let nearest = from;
    let smallest = Infinity;
    for (let index = from; index < middles.length; index++) {
      const distance = Math.abs(Math.fround(middles[index]! - middle));
      if (distance > smallest && inOrder) break;
      if (distance >= smallest) continue;
      smallest = distance;
      nearest = index;
    }
    if (inOrder) from = nearest;
    return nearest;
  });
}

function middlesOf({ startSeconds, endSeconds }: ScaleEmbeddings): Float32Array {
  return startSeconds.map((start, index) => Math.fround(start + endSeconds[index]!) / 2);
}

function isAscending(values: Float32Array): boolean {
  return values.every((value, index) => index === 0 || value >= values[index - 1]!);
}
