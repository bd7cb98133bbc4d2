/** One line of the table: what was measured, what was aimed at, what came out. */
export type Row = {
  readonly what: string;
  readonly target: string;
  readonly measured: string;
  /** Absent where there is no target to meet. */
  readonly met?: boolean;
};

/** A benchmark: a name for the command line, and rows. */
export type Benchmark = {
  readonly name: string;
  /** @param only parts of it, by names that the benchmark knows; all where absent */
  readonly measure: (only?: readonly string[]) => Promise<Row[]>;
};

export function percent(value: number, digits = 2): string {
  return `${(100 * value).toFixed(digits)} %`;
}

/** Middle value; of an even number the lower one. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!;
}

/** The value that this share of the values does not exceed; 1 is the largest. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}
