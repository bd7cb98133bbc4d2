import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DependencyError } from '../../../core/errors.ts';
import { NO_TOTALS, type Totals } from '../queue/job-counts.ts';
import { payloadsOf, type JobRecord } from '../queue/job-record.ts';
import type { JobMemory } from '../queue/job-table.ts';
import { lockFolder } from './folder-lock.ts';
import {
  applyLine,
  chunkLine,
  journalLinesOf,
  putLine,
  type JournalLine,
  type JournalState,
} from './journal-line.ts';
import { flushFolder, LineFile, readLines } from './line-file.ts';
import { PayloadFolder } from './payload-store.ts';
import type { Payload } from './payload.ts';
import { systemErrorCode } from '../../../core/system-error-code.ts';

/**
 * When a record is on the disk: `always` flushes each one before its request is answered and survives a power cut;
 * `interval` flushes once a second and may lose that second to a power cut, but nothing to the end of the process,
 * since every record is with the kernel before its request is answered.
 */
export type FsyncRule = 'always' | 'interval';

export type JournalOptions = {
  readonly folder: string;
  readonly fsync: FsyncRule;
  /** The journal is written anew, with what still counts, when it has grown by so much. */
  readonly maxGrowthBytes: number;
  /** Hears of jobs that a power cut has taken parts of. */
  readonly onLost?: (jobId: string) => void;
};

/** What the journal is kept about. */
export type Remembered = { readonly jobs: Iterable<JobRecord>; readonly totals: Totals };

const FSYNC_INTERVAL_MS = 1_000;

/**
 * The memory of a platform on disk: an append-only file of changes. It is begun anew, first with all that counts, as
 * the next generation; the highest one is whole, since it got its name when it was. Payloads are files beside it.
 *
 * A line that a crash cut short was never acknowledged and is dropped. All writers throw the error of the disk where it
 * does not take a line: then nothing of it is there.
 */
export class Journal implements JobMemory {
  readonly payloads: PayloadFolder;
  readonly #options: JournalOptions;
  readonly #unlock: () => void;
  #generation = 0;
  #file: LineFile | undefined;
  #startBytes = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @throws DependencyError `configuration_invalid` for a folder that cannot be used, or that another process uses */
  constructor(options: JournalOptions) {
    this.#options = options;
    try {
      mkdirSync(options.folder, { recursive: true, mode: 0o700 });
      this.#unlock = lockFolder(join(options.folder, 'lock'));
      this.payloads = new PayloadFolder(join(options.folder, 'payloads'), options.fsync === 'always');
    } catch (error) {
      throw error instanceof DependencyError ? error : unusable(options.folder, error);
    }
  }

  /**
   * Reads what an earlier process left, then begins a new generation.
   *
   * @throws DependencyError `configuration_invalid` for a journal that is there and cannot be read
   */
  open(): { readonly jobs: JobRecord[]; readonly totals: Totals } {
    try {
      const state = this.#load();
      const jobs = [...state.jobs.values()];
      const totals = state.totals ?? NO_TOTALS;
      this.#begin({ jobs, totals });
      this.payloads.removeAllBut(jobs.flatMap(payloadsOf));
      if (this.#options.fsync === 'interval') {
        this.#timer = setInterval(() => this.#flush(), FSYNC_INTERVAL_MS);
        this.#timer.unref();
      }
      return { jobs, totals };
    } catch (error) {
      this.#unlock();
      throw error instanceof DependencyError ? error : unusable(this.#options.folder, error);
    }
  }

  put(job: JobRecord, totals?: Totals): void {
    this.#write(putLine(job, totals));
  }

  chunk(jobId: string, chunk: Payload): void {
    this.#write(chunkLine(jobId, chunk));
  }

  drop(jobId: string): void {
    this.#write(JSON.stringify({ drop: jobId }));
  }

  /** Begins anew once enough has been written. */
  compact(remembered: Remembered): void {
    const grown = (this.#file?.bytes ?? 0) - this.#startBytes;
    // As much again as there is: else a journal of many jobs would be written anew all the time.
    if (grown > Math.max(this.#options.maxGrowthBytes, this.#startBytes)) this.#begin(remembered);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#flush();
    this.#file?.close();
    this.#unlock();
  }

  #write(line: string): void {
    this.#file?.append(line);
    if (this.#options.fsync === 'always') this.#file?.flush();
  }

  /** A flush that fails is tried again a second later: what was written is with the kernel. */
  #flush(): void {
    try {
      this.#file?.flush();
    } catch {
      // Still dirty.
    }
  }

  #begin({ jobs, totals }: Remembered): void {
    const { folder } = this.#options;
    const next = this.#generation + 1;
    const path = join(folder, `journal-${next}.jsonl`);
    rmSync(`${path}.part`, { force: true });
    const file = new LineFile(`${path}.part`);
    try {
      file.append(JSON.stringify({ totals }));
      for (const job of jobs) for (const line of journalLinesOf(job)) file.append(line);
      file.flush();
      renameSync(`${path}.part`, path);
    } catch (error) {
      file.close();
      rmSync(`${path}.part`, { force: true });
      throw error;
    }
    flushFolder(folder);
    this.#file?.close();
    this.#file = file;
    this.#generation = next;
    this.#startBytes = file.bytes;
    for (const name of readdirSync(folder)) {
      if ((generationOf(name) ?? next) < next) rmSync(join(folder, name), { force: true });
    }
  }

  #load(): JournalState {
    const { folder, onLost } = this.#options;
    const state: JournalState = { jobs: new Map(), totals: undefined };
    this.#generation = Math.max(0, ...readdirSync(folder).map((name) => generationOf(name) ?? 0));
    if (this.#generation === 0) return state;
    const name = `journal-${this.#generation}.jsonl`;
    let number = 0;
    for (const line of readLines(join(folder, name))) {
      number += 1;
      const parsed = parseLine(line);
      if (parsed === undefined) throw damaged(`line ${number} of ${name}`);
      applyLine(
        state,
        parsed,
        (stored) => this.payloads.find(stored),
        (jobId) => onLost?.(jobId),
      );
    }
    return state;
  }
}

function parseLine(line: string): JournalLine | undefined {
  try {
    return JSON.parse(line) as JournalLine;
  } catch {
    return undefined;
  }
}

function damaged(what: string): DependencyError {
  return new DependencyError(
    'configuration_invalid',
    `The data folder is damaged: ${what} is not what was written. Restore it, or give another --data.`,
  );
}

function unusable(folder: string, error: unknown): DependencyError {
  const code = systemErrorCode(error);
  return new DependencyError(
    'configuration_invalid',
    `The data folder ${folder} cannot be used (${code ?? 'unknown reason'}). Check who may read and write it, or give another --data.`,
    { cause: error },
  );
}

function generationOf(name: string): number | undefined {
  const match = /^journal-(\d+)\.jsonl$/.exec(name);
  return match === null ? undefined : Number(match[1]);
}
