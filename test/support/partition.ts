/** Labels renumbered by first appearance: equal for labelings that mean the same. */
export function partitionOf(labels: ArrayLike<number>): number[] {
  const seen = new Map<number, number>();
  return Array.from(labels, (label) => {
    const known = seen.get(label) ?? seen.size;
    seen.set(label, known);
    return known;
  });
}
