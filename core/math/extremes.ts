/** The largest, the smallest, and where they stand: of any number of values, which `Math.max(...values)` does not take. */

/** Values that are looked through often enough to matter; other lists go with the functions below. */
type Numbers = Float32Array | Float64Array | readonly number[];

/** Index of the largest of values[start, end), counted from `start`; the first of equals. */
export function indexOfLargest(values: Numbers, start = 0, end = values.length): number {
  let largest = start;
  for (let index = start + 1; index < end; index += 1) if (values[index]! > values[largest]!) largest = index;
  return largest - start;
}

/** Index of the smallest value; the first of equals. */
export function indexOfSmallest(values: Numbers): number {
  let smallest = 0;
  for (let index = 1; index < values.length; index += 1)
    if (values[index]! < values[smallest]!) smallest = index;
  return smallest;
}

/** The largest of values, and of `least`, which it is where there are none. */
export function largestOf(values: Iterable<number>, least = -Infinity): number {
  let largest = least;
  for (const value of values) if (value > largest) largest = value;
  return largest;
}

/** The smallest of values, and of `most`, which it is where there are none. */
export function smallestOf(values: Iterable<number>, most = Infinity): number {
  let smallest = most;
  for (const value of values) if (value < smallest) smallest = value;
  return smallest;
}

/** How many clusters labels 0, 1, 2, … tell apart; negative ones belong to none. */
export function labelCountOf(labels: Int32Array): number {
  return largestOf(labels, -1) + 1;
}
