/**
 * Reorders numbers so that the `count` smallest stand first, in no order: a sort of all would cost more.
 *
 * @param values no NaN
 * @see C. A. R. Hoare, "Algorithm 65: Find", Communications of the ACM 4, 1961
 */
export function moveSmallestToFront(values: Float64Array, count: number): void {
  let first = 0;
  let last = values.length - 1;
  const wanted = count - 1;
  while (wanted >= first && first < last) {
    const pivot = medianOfThree(values[first]!, values[(first + last) >> 1]!, values[last]!);
    let low = first;
    let high = last;
    while (low <= high) {
      while (values[low]! < pivot) low++;
      while (values[high]! > pivot) high--;
      if (low > high) break;
      const value = values[low]!;
      values[low++] = values[high]!;
      values[high--] = value;
    }
    if (wanted <= high) last = high;
    else if (wanted >= low) first = low;
    else return;
  }
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
