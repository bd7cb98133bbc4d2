import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DependencyError } from '../../core/errors.ts';
import { NOT_STARTED, type JobRecord } from './job-record.ts';

/**
 * When a record is on the disk: `always` flushes each one before its request is answered and survives a power cut;
 * `interval` flushes once a second and may lose that second to a power cut, but nothing to the end of the process,
 * since every record is with the kernel before its request is answered.
 */
export type FsyncRule = 'always' | 'interval';

export type JournalOptions = {
  readonly folder: string;
  readonly fsync: FsyncRule;
  /** The journal is folded into a snapshot when it is larger. */
  readonly maxJournalBytes: number;
};

const FSYNC_INTERVAL_MS = 1_000;

/** The parts of a job that change; an absent one is undefined. */
type Changed = Omit<JobRecord, 'input' | 'envelope' | 'chunks'>;

/** The parts that are large: written once, and chunks one by one. */
type Lasting = Pick<JobRecord, 'input' | 'envelope' | 'chunks'>;

/** One line: a job as it is now, one more streamed value, all streamed values fetched, or the end of a job. */
type Line =
  | { readonly put: Changed; readonly lasting?: Lasting }
  | { readonly chunk: unknown; readonly of: string }
  | { readonly drained: string }
  | { readonly drop: string };

/**
 * The memory of a platform on disk: an append-only journal of changes beside the snapshot that it continues. Both
 * carry a generation in their names; the highest complete pair counts. A line that a crash cut short was never
 * acknowledged and is dropped.
 */
export class Journal {
  readonly #options: JournalOptions;
  readonly #known = new Set<string>();
  #generation = 0;
  #file = -1;
  #bytes = 0;
  #dirty = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: JournalOptions) {
    this.#options = options;
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    lock(join(options.folder, 'lock'));
  }

  /** Reads what an earlier process left, then begins a new generation. */
  open(): JobRecord[] {
    const jobs = this.#load();
    this.#begin([...jobs.values()]);
    if (this.#options.fsync === 'interval') {
      this.#timer = setInterval(() => this.#flush(), FSYNC_INTERVAL_MS);
      this.#timer.unref();
    }
    return [...jobs.values()];
  }

  put(job: JobRecord): void {
    const { input, envelope, chunks, ...changed } = job;
    if (!this.#known.has(job.id)) this.#write({ put: changed, lasting: { input, envelope, chunks } });
    else this.#write({ put: changed });
    if (this.#known.has(job.id) && chunks.length === 0) this.#write({ drained: job.id });
    this.#known.add(job.id);
  }

  chunk(job: JobRecord, chunk: unknown): void {
    this.#write({ chunk, of: job.id });
  }

  drop(jobId: string): void {
    this.#known.delete(jobId);
    this.#write({ drop: jobId });
  }

  /** Folds the journal into a snapshot once it has grown; call it with all jobs. */
  compact(jobs: Iterable<JobRecord>): void {
    if (this.#bytes > this.#options.maxJournalBytes) this.#begin([...jobs]);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#flush();
    closeSync(this.#file);
    rmSync(join(this.#options.folder, 'lock'), { force: true });
  }

  #write(line: Line): void {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`, 'utf8');
    for (let done = 0; done < bytes.length;) done += writeSync(this.#file, bytes, done);
    this.#bytes += bytes.length;
    this.#dirty = true;
    if (this.#options.fsync === 'always') this.#flush();
  }

  #flush(): void {
    if (!this.#dirty) return;
    fdatasyncSync(this.#file);
    this.#dirty = false;
  }

  #begin(jobs: readonly JobRecord[]): void {
    const { folder } = this.#options;
    const old = this.#generation;
    const next = old + 1;
    writeSnapshot(join(folder, `snapshot-${next}.json`), jobs);
    if (this.#file >= 0) closeSync(this.#file);
    this.#file = openSync(join(folder, `journal-${next}.jsonl`), 'a', 0o600);
    this.#generation = next;
    this.#bytes = 0;
    this.#known.clear();
    for (const { id } of jobs) this.#known.add(id);
    for (const name of readdirSync(folder)) {
      const generation = generationOf(name);
      if (generation !== undefined && generation <= old) rmSync(join(folder, name));
    }
  }

  #load(): Map<string, JobRecord> {
    const { folder } = this.#options;
    const generations = readdirSync(folder)
      .filter((name) => name.startsWith('snapshot-'))
      .flatMap((name) => generationOf(name) ?? []);
    const jobs = new Map<string, JobRecord>();
    if (generations.length === 0) return jobs;
    this.#generation = Math.max(...generations);
    const snapshot = readFileSync(join(folder, `snapshot-${this.#generation}.json`), 'utf8');
    for (const job of JSON.parse(snapshot) as JobRecord[]) jobs.set(job.id, complete(job));
    for (const line of readLines(join(folder, `journal-${this.#generation}.jsonl`))) apply(jobs, line);
    return jobs;
  }
}

function apply(jobs: Map<string, JobRecord>, line: Line): void {
  if ('put' in line) {
    const lasting = line.lasting ?? jobs.get(line.put.id);
    if (lasting === undefined) return;
    const { input, envelope, chunks } = lasting;
    jobs.set(line.put.id, complete({ ...line.put, input, envelope, chunks }));
  } else if ('of' in line) jobs.get(line.of)?.chunks.push(line.chunk);
  else if ('drained' in line) {
    const job = jobs.get(line.drained);
    if (job !== undefined) job.chunks = [];
  } else jobs.delete(line.drop);
}

/** JSON has no undefined: what is absent is that. */
function complete(job: Partial<JobRecord>): JobRecord {
  return { webhook: undefined, ...NOT_STARTED, ...job } as JobRecord;
}

function readLines(path: string): Line[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return [];
  }
  // What stands behind the last line break was cut short.
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

function writeSnapshot(path: string, jobs: readonly JobRecord[]): void {
  const temporary = `${path}.part`;
  writeFileSync(temporary, JSON.stringify(jobs), { mode: 0o600 });
  const file = openSync(temporary, 'r');
  fsyncSync(file);
  closeSync(file);
  renameSync(temporary, path);
}

function generationOf(name: string): number | undefined {
  const match = /^(?:snapshot|journal)-(\d+)\.jsonl?$/.exec(name);
  return match === null ? undefined : Number(match[1]);
}

/** One process a folder: two would write over each other. */
function lock(path: string): void {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
  } catch {
    const owner = Number(readFileSync(path, 'utf8'));
    if (isAlive(owner)) {
      throw new DependencyError(
        'configuration_invalid',
        `The data folder is in use by process ${owner}. Stop it, or give another --data.`,
      );
    }
    writeFileSync(path, String(process.pid));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return pid !== process.pid;
  } catch {
    return false;
  }
}
