import { appendFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobResult } from '../../../sdk/contract/index.ts';
import { deskJobSchema, type DeskEvent, type DeskJob, type DeskRequest } from './desk-job.ts';
import { isId } from './random-ids.ts';
import { readJsonFile, writeJson } from './json-files.ts';

/** Jobs as folders: `jobs/<id>/` with what was asked, how far it is, what it told, and what came of it. */
export class JobFolders {
  readonly #folder: string;

  constructor(dataFolder: string) {
    this.#folder = join(dataFolder, 'jobs');
  }

  /** Every job that is there, newest first; folders that were never finished are removed. */
  async readAll(): Promise<DeskJob[]> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const jobs: DeskJob[] = [];
    for (const name of await readdir(this.#folder)) {
      const parsed = deskJobSchema.safeParse(
        isId('job', name) ? await readJsonFile(join(this.#folder, name, 'job.json')) : undefined,
      );
      if (parsed.success) jobs.push(parsed.data);
      else await rm(join(this.#folder, name), { recursive: true, force: true });
    }
    return jobs.sort((a, b) => b.createdAtMs - a.createdAtMs);
  }

  /** What was asked is written before the job is: a job without it cannot be run again. */
  async create(job: DeskJob, request: DeskRequest): Promise<void> {
    await mkdir(join(this.#folder, job.id), { mode: 0o700 });
    await writeJson(this.#path(job.id, 'request.json'), request);
    await this.write(job);
  }

  write(job: DeskJob): Promise<void> {
    return writeJson(this.#path(job.id, 'job.json'), job);
  }

  async request(id: string): Promise<DeskRequest> {
    return (await readJsonFile(this.#path(id, 'request.json'))) as DeskRequest;
  }

  writeResult(id: string, result: JobResult): Promise<void> {
    return writeJson(this.#path(id, 'result.json'), result);
  }

  async result(id: string): Promise<JobResult | undefined> {
    return (await readJsonFile(this.#path(id, 'result.json'))) as JobResult | undefined;
  }

  /** Events outlive the process, so that a reader can go on after a restart. */
  appendEvent(id: string, event: DeskEvent): Promise<void> {
    return appendFile(this.#path(id, 'events.jsonl'), `${JSON.stringify(event)}\n`, { mode: 0o600 });
  }

  /** A last line that was cut by a crash is no event. */
  async events(id: string): Promise<DeskEvent[]> {
    const text = await readFile(this.#path(id, 'events.jsonl'), 'utf8').catch(() => '');
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as DeskEvent);
  }

  /** Any other file of a job, such as its edits. */
  async readJson(id: string, name: string): Promise<unknown> {
    return readJsonFile(this.#path(id, name));
  }

  writeJson(id: string, name: string, value: unknown): Promise<void> {
    return writeJson(this.#path(id, name), value);
  }

  erase(id: string): Promise<void> {
    return rm(join(this.#folder, id), { recursive: true, force: true });
  }

  #path(id: string, name: string): string {
    return join(this.#folder, id, name);
  }
}
