import type { EigenPairs } from '../../math/lanczos.ts';
import type { Matrix } from '../../math/matrix.ts';
import type { Affinity } from './affinity.ts';
import { denseEigenpairs, lowestEigenpairs, type LaplacianOptions } from './laplacian-eigen.ts';
import type { NeighbourGraph } from './neighbour-graph.ts';

/**
 * A point for each segment: its entries in the lowest `dimensions` eigenvectors of the graph's Laplacian, the lowest
 * last. Segments of one well separated group have nearly the same point.
 *
 * @returns [n, dimensions] float32, rows not normalised
 * @see NeMo 2.7.3 `SpectralClustering.getSpectralEmbeddings`
 */
export function embedGraph(
  graph: NeighbourGraph,
  dimensions: number,
  options: LaplacianOptions = {},
): Matrix {
  return pointsOf(lowestEigenpairs(graph, dimensions, options), graph.size);
}

/** The same where the affinities themselves are the weights of the graph: up to six segments. */
export function embedAffinity({ values, size }: Affinity, dimensions: number): Matrix {
  const laplacian = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      if (row === column) continue;
      laplacian[row * size + column] = -values[row * size + column]!;
      laplacian[row * size + row]! += Math.abs(values[row * size + column]!);
    }
  }
  return pointsOf(denseEigenpairs(laplacian, size, dimensions), size);
}

function pointsOf({ vectors }: EigenPairs, rows: number): Matrix {
  const columns = vectors.length;
  const data = new Float32Array(rows * columns);
  vectors.forEach((vector, rank) => {
    for (let row = 0; row < rows; row++) data[row * columns + (columns - 1 - rank)] = vector[row]!;
  });
  return { data, rows, columns };
}
