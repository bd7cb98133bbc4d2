/**
 * segmentation-3.0 over several overlapping windows at once.
 *
 * The published graph standardises each window's wave before its first convolution, 641 million products a window, so
 * that nothing can be shared by windows that overlap by nine tenths. With y the filters over the wave as it is, m and s
 * the mean and deviation of a window, g and b the weight and shift of that standardisation, D the sum of a filter:
 *
 *   filter(standardised) = (g / s) · (y − d), d = (m − s · b / g) · D
 *
 * and after the absolute value and the pooling by three
 *
 *   (g / s) · max(max₃(y) − d, d − min₃(y))
 *
 * where max₃(y) and min₃(y) do not depend on the window: they are computed once for all. What follows has means and
 * deviations of each window before every bend, and cannot be shared.
 *
 * The three values that are pooled come as three sets of filters, each ten samples further, with a stride of 30: windows
 * that begin at another of the three places are pooled from the same values.
 */
import { GraphBuilder } from '../inference/graph/graph-builder.ts';
import { addMemory, type MemoryPrecision } from './memory-graph.ts';
import {
  CHANNELS,
  EPSILON,
  FILTER_COUNT,
  FILTER_STRIDE,
  FILTER_TAPS,
  type SegmentationWeights,
  SLOPE,
  TAPS,
} from './segmentation-weights.ts';

/** How windows lie in the wave of a run. */
export type WindowLayout = {
  readonly windowCount: number;
  readonly windowSamples: number;
  /** A multiple of 10. */
  readonly hopSamples: number;
};

/** Values that are pooled into one. */
const POOL = 3;
const POOLED_SAMPLES = POOL * FILTER_STRIDE;
const WIDE_TAPS = FILTER_TAPS + (POOL - 1) * FILTER_STRIDE;

/** Samples of a run: from the first window's begin to the last one's end. */
export function spanSamples({ windowCount, windowSamples, hopSamples }: WindowLayout): number {
  return windowSamples + hopSamples * (windowCount - 1);
}

/**
 * The bytes of a graph with the names of the published one: `input` [1, 1, samples of the span], `output`
 * [windows, frames, classes].
 */
export function buildWindowsGraph(
  weights: SegmentationWeights,
  layout: WindowLayout,
  precision: MemoryPrecision,
): Uint8Array {
  const graph = new GraphBuilder();
  const front = new WindowsFront(graph, weights, layout);
  const heard = Array.from({ length: layout.windowCount }, (_, window) =>
    addConvolutions(graph, weights, front.pooled(window)),
  );
  const together = heard.length === 1 ? heard[0]! : graph.add('Concat', heard, { axis: 0 });
  addMemory(graph, weights, together, precision);
  return graph.write(
    'segmentation-windows',
    [{ name: 'input', dims: [1, 1, spanSamples(layout)] }],
    [{ name: 'output', dims: [layout.windowCount, 'frames', 'classes'] }],
  );
}

/** The filters of all windows. */
class WindowsFront {
  readonly #graph: GraphBuilder;
  readonly #layout: WindowLayout;
  readonly #weights: SegmentationWeights;
  /** Filtered wave by place among the values that are pooled: [1, 80, places / 3]. */
  readonly #filtered: readonly string[];
  /** Largest and smallest of three neighbours by the place where windows begin. */
  readonly #extremes = new Map<number, { readonly largest: string; readonly smallest: string }>();
  readonly #constants: {
    readonly scale: string;
    readonly shift: string;
    readonly sums: string;
    readonly epsilon: string;
  };

  constructor(graph: GraphBuilder, weights: SegmentationWeights, layout: WindowLayout) {
    this.#graph = graph;
    this.#weights = weights;
    this.#layout = layout;
    const [scale, shift] = [weights.wave.weight[0]!, weights.wave.bias[0]!];
    this.#constants = {
      scale: graph.floats([1], Float32Array.of(scale)),
      shift: graph.floats([1], Float32Array.of(shift / scale)),
      sums: graph.floats([1, FILTER_COUNT, 1], filterSums(weights.filters)),
      epsilon: graph.floats([1], Float32Array.of(EPSILON)),
    };
    const rows = graph.floats([POOL * FILTER_COUNT, 1, 1, WIDE_TAPS], wideFilters(weights.filters));
    // Four dimensions let the runtime compute channels in blocks: 12.7 in place of 17.1 ms for 17 s.
    const image = graph.add('Unsqueeze', ['input', graph.integers(2)]);
    const filtered = graph.add('Conv', [image, rows], {
      strides: [1, POOLED_SAMPLES],
      kernel_shape: [1, WIDE_TAPS],
      pads: [0, 0, 0, POOLED_SAMPLES],
    });
    const flat = graph.add('Squeeze', [filtered, graph.integers(2)]);
    this.#filtered = [0, 1, 2].map((place) => `filtered-${place}`);
    const sizes = graph.integers(FILTER_COUNT, FILTER_COUNT, FILTER_COUNT);
    graph.addNamed('Split', [flat, sizes], { axis: 1 }, this.#filtered);
  }

  /** What the pooling behind the filters gives in a window: [1, 80, frames]. */
  pooled(window: number): string {
    const graph = this.#graph;
    const { scale, shift, sums, epsilon } = this.#constants;
    const start = window * this.#layout.hopSamples;
    const wave = this.#slice('input', start, start + this.#layout.windowSamples);
    const mean = graph.add('ReduceMean', [wave], { axes: [2], keepdims: 1 });
    const centred = graph.add('Sub', [wave, mean]);
    const squares = graph.add('Mul', [centred, centred]);
    const variance = graph.add('ReduceMean', [squares], { axes: [2], keepdims: 1 });
    const deviation = graph.add('Sqrt', [graph.add('Add', [variance, epsilon])]);
    const offset = graph.add('Sub', [mean, graph.add('Mul', [deviation, shift])]);
    const offsets = graph.add('Mul', [offset, sums]);

    const places = start / FILTER_STRIDE;
    const { largest, smallest } = this.#extremesAt(places % POOL);
    const first = Math.floor(places / POOL);
    const end = first + pooledCount(this.#layout.windowSamples);
    const above = graph.add('Sub', [this.#slice(largest, first, end), offsets]);
    const below = graph.add('Sub', [offsets, this.#slice(smallest, first, end)]);
    return graph.add('Mul', [graph.add('Max', [above, below]), graph.add('Div', [scale, deviation])]);
  }

  #extremesAt(place: number): { readonly largest: string; readonly smallest: string } {
    const known = this.#extremes.get(place);
    if (known !== undefined) return known;
    // Places before the first belong to the next three.
    const count = placeCount(spanSamples(this.#layout));
    const three = this.#filtered.map((values, index) => {
      if (place === 0) return values;
      return index < place ? this.#slice(values, 1, count) : this.#slice(values, 0, count - 1);
    });
    const extremes = { largest: this.#graph.add('Max', three), smallest: this.#graph.add('Min', three) };
    this.#extremes.set(place, extremes);
    return extremes;
  }

  #slice(values: string, from: number, to: number): string {
    const graph = this.#graph;
    return graph.add('Slice', [values, graph.integers(from), graph.integers(to), graph.integers(2)]);
  }
}

/** From the pooled filters of one window to what its memory hears: [1, 60, frames]. */
function addConvolutions(graph: GraphBuilder, weights: SegmentationWeights, pooled: string): string {
  const axis = graph.integers(2);
  let values = graph.add('Unsqueeze', [pooled, axis]);
  weights.norms.forEach((norm, index) => {
    if (index > 0) {
      const { weight, bias } = weights.convolutions[index - 1]!;
      const channels = index === 1 ? FILTER_COUNT : CHANNELS;
      const filters = graph.shared(`convolution-${index}`, [CHANNELS, channels, 1, TAPS], weight);
      const shifts = graph.shared(`convolution-bias-${index}`, [CHANNELS], bias);
      values = graph.add('Conv', [values, filters, shifts], { kernel_shape: [1, TAPS] });
      values = graph.add('MaxPool', [values], { kernel_shape: [1, POOL], strides: [1, POOL] });
    }
    const scales = graph.shared(`norm-${index}`, [norm.weight.length], norm.weight);
    const shifts = graph.shared(`norm-bias-${index}`, [norm.bias.length], norm.bias);
    values = graph.add('InstanceNormalization', [values, scales, shifts], { epsilon: { float: EPSILON } });
    values = graph.add('LeakyRelu', [values], { alpha: { float: SLOPE } });
  });
  return graph.add('Squeeze', [values, axis]);
}

/** Values that the filters give in so many samples, three at a time, with the zeros behind the end. */
function placeCount(samples: number): number {
  return Math.floor((samples + POOLED_SAMPLES - WIDE_TAPS) / POOLED_SAMPLES) + 1;
}

/** What the pooling leaves of a window. */
function pooledCount(windowSamples: number): number {
  return Math.floor((Math.floor((windowSamples - FILTER_TAPS) / FILTER_STRIDE) + 1) / POOL);
}

/** [240, 271]: the filters, ten samples further, twenty samples further. */
function wideFilters(filters: Float32Array): Float32Array {
  const wide = new Float32Array(POOL * FILTER_COUNT * WIDE_TAPS);
  for (let row = 0; row < POOL * FILTER_COUNT; row++) {
    const filter = row % FILTER_COUNT;
    const shift = Math.floor(row / FILTER_COUNT) * FILTER_STRIDE;
    wide.set(filters.subarray(filter * FILTER_TAPS, (filter + 1) * FILTER_TAPS), row * WIDE_TAPS + shift);
  }
  return wide;
}

function filterSums(filters: Float32Array): Float32Array {
  return Float32Array.from({ length: FILTER_COUNT }, (_, filter) =>
    filters.subarray(filter * FILTER_TAPS, (filter + 1) * FILTER_TAPS).reduce((sum, value) => sum + value, 0),
  );
}
