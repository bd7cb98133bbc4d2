/** Metrics in Prometheus' text format 0.0.4, written by hand: what writes it for Node needs a newer one. */

type Labels = Readonly<Record<string, string>>;

/** More combinations of labels than the server can make: whatever comes beyond is counted together. */
const MAX_SERIES = 2_000;

const TOO_MANY: Labels = { overflow: 'true' };

abstract class Family<Series> {
  protected readonly series = new Map<string, Series>();
  protected readonly name: string;
  readonly #head: string;

  constructor(name: string, help: string, type: string) {
    this.name = name;
    this.#head = `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
  }

  protected at(labels: Labels, fresh: () => Series): Series {
    const key = labelText(labels);
    const known = this.series.get(key);
    if (known !== undefined) return known;
    const kept = this.series.size < MAX_SERIES ? key : labelText(TOO_MANY);
    const series = this.series.get(kept) ?? fresh();
    this.series.set(kept, series);
    return series;
  }

  toString(): string {
    return this.#head + [...this.series].map(([labels, series]) => this.lines(labels, series)).join('');
  }

  protected abstract lines(labels: string, series: Series): string;
}

/** A number that grows. */
export class Counter extends Family<{ value: number }> {
  constructor(name: string, help: string) {
    super(name, help, 'counter');
  }

  add(labels: Labels, count = 1): void {
    this.at(labels, () => ({ value: 0 })).value += count;
  }

  protected lines(labels: string, { value }: { value: number }): string {
    return `${this.name}${braced(labels)} ${value}\n`;
  }
}

/** Times in seconds, by how many were at most as long as each bound. */
export class Histogram extends Family<{ counts: number[]; sum: number; count: number }> {
  readonly #bounds: readonly number[];

  /** @param bounds seconds, ascending */
  constructor(name: string, help: string, bounds: readonly number[]) {
    super(name, help, 'histogram');
    this.#bounds = bounds;
  }

  observe(labels: Labels, seconds: number): void {
    const series = this.at(labels, () => ({ counts: this.#bounds.map(() => 0), sum: 0, count: 0 }));
    series.sum += seconds;
    series.count += 1;
    for (const [index, bound] of this.#bounds.entries()) if (seconds <= bound) series.counts[index]! += 1;
  }

  protected lines(labels: string, { counts, sum, count }: { counts: number[]; sum: number; count: number }) {
    const own = labels === '' ? '' : `${labels},`;
    const buckets = this.#bounds.map((bound, i) => `${this.name}_bucket{${own}le="${bound}"} ${counts[i]}\n`);
    const all = `${this.name}_bucket{${own}le="+Inf"} ${count}\n`;
    return `${buckets.join('')}${all}${this.name}_sum${braced(labels)} ${sum}\n${this.name}_count${braced(labels)} ${count}\n`;
  }
}

/** A number that only grows and is counted elsewhere. */
export function counter(name: string, help: string, value: number): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} counter\n${name} ${value}\n`;
}

/** Numbers that are looked up when somebody asks. */
export function gauge(name: string, help: string, values: readonly (readonly [Labels, number])[]): string {
  const lines = values.map(([labels, value]) => `${name}${braced(labelText(labels))} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`;
}

function labelText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`)
    .join(',');
}

function braced(labels: string): string {
  return labels === '' ? '' : `{${labels}}`;
}
