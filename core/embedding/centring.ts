/** Takes away what all voices of one recording condition have in common. */
import type { Matrix } from '../math/matrix.ts';
import { dot, euclideanNorm } from '../math/vector.ts';

/**
 * Means of unit vectors, [count, dimension]: one of many voices (GE2E), or one for each of many conditions (telephone,
 * room, noise, codec: CAM++).
 */
export type CentringMeans = Matrix<Float64Array>;

/** A centred vector of unit length, and the mean that was taken away. */
export type CentredVector = { readonly unit: Float64Array; readonly meanIndex: number };

/**
 * The unit vector less the mean it lies nearest to, at unit length again; all arithmetic is double.
 *
 * A vector finds its condition by itself, so that a call of a telephone and a microphone works, and nothing about the
 * recording has to be measured. Of equally near means the first counts.
 *
 * @param vector [dimension], of any length but zero
 */
export function centredByNearestMean(vector: ArrayLike<number>, means: CentringMeans): CentredVector {
  const { data, rows, columns } = means;
  const norm = euclideanNorm(vector);
  const unit = Float64Array.from(vector, (value) => value / norm);
  let meanIndex = 0;
  let smallest = Infinity;
  for (let row = 0; row < rows; row++) {
    let squares = 0;
    for (let index = 0; index < columns; index++) {
      const difference = unit[index]! - data[row * columns + index]!;
      squares += difference * difference;
    }
    if (squares >= smallest) continue;
    smallest = squares;
    meanIndex = row;
  }
  for (let index = 0; index < columns; index++) unit[index]! -= data[meanIndex * columns + index]!;
  const centredNorm = euclideanNorm(unit);
  for (let index = 0; index < columns; index++) unit[index]! /= centredNorm;
  return { unit, meanIndex };
}

/**
 * The unit vector that `centredByNearestMean` centres to this one: what a vector that exists only centred, as the centroid
 * of a speaker, is outside.
 *
 * Of every mean m the vector `m + t · c` has unit length for one t > 0; the mean that is right is the one that the result
 * lies nearest to. Where several are, the nearest of all counts; where none is, which only made-up vectors do, the mean
 * that it comes closest to.
 *
 * @param centred [dimension], of any length but zero
 */
export function uncentred(centred: ArrayLike<number>, means: CentringMeans): Float64Array {
  const norm = euclideanNorm(centred);
  const direction = Float64Array.from(centred, (value) => value / norm);
  let best: { readonly unit: Float64Array; readonly isOwn: boolean; readonly distance: number } | undefined;
  for (let row = 0; row < means.rows; row++) {
    const mean = means.data.subarray(row * means.columns, (row + 1) * means.columns);
    // |m + t c| = 1: t² + 2 (m·c) t + |m|² - 1 = 0
    const along = dot(mean, direction);
    const distance = Math.sqrt(along * along + 1 - dot(mean, mean)) - along;
    const unit = direction.map((value, index) => mean[index]! + distance * value);
    const isOwn = centredByNearestMean(unit, means).meanIndex === row;
    if (best !== undefined && (isOwn === best.isOwn ? distance >= best.distance : best.isOwn)) continue;
    best = { unit, isOwn, distance };
  }
  return best?.unit ?? direction;
}

/** Squared distance of two means: how differently two vectors were recorded; 0 for the same. */
export function meanDistance({ data, columns }: CentringMeans, a: number, b: number): number {
  const differences = data
    .subarray(a * columns, (a + 1) * columns)
    .map((value, index) => value - data[b * columns + index]!);
  return dot(differences, differences);
}
