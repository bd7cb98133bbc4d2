import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { InvalidInputError } from '../../../core/errors.ts';
import type { BatchStore } from '../store/batch-store.ts';
import type { BatchSource, SourceEntry, SourceProblem } from './batch-source.ts';
import { splitCsvLine } from './csv-line.ts';

const PAGE = 1000;

/** A line of a manifest. */
const lineSchema = z.strictObject({
  uri: z.string().min(1).max(2048),
  /** Name of the results; the key of the recording unless given. */
  id: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[^\0-\x1f/\\]+(?:\/[^\0-\x1f/\\]+)*$/, 'expected a name without control characters')
    .refine(
      (id) => !id.split('/').some((part) => part === '.' || part === '..'),
      'expected a name without .. in it',
    )
    .exactOptional(),
  options: z.record(z.string(), z.unknown()).exactOptional(),
  speakers: z.coerce.number().int().min(1).max(1000).exactOptional(),
});

/** Opens the store that an address of a manifest is in. */
export type OpenPlace = (uri: string) => Promise<{ readonly store: BatchStore; readonly key: string }>;

/** A list of recordings in a file: JSON lines, or CSV with a head line. */
export class ManifestSource implements BatchSource {
  readonly description: string;
  readonly #path: string;
  readonly #open: OpenPlace;

  constructor(path: string, open: OpenPlace) {
    this.#path = path;
    this.#open = open;
    this.description = `manifest ${path}`;
  }

  async *entries(
    signal: AbortSignal,
    onProblem: (problem: SourceProblem) => void,
  ): AsyncGenerator<readonly SourceEntry[]> {
    let page: SourceEntry[] = [];
    for await (const { number, value } of this.#lines(signal)) {
      const where = `line ${number}`;
      const parsed = lineSchema.safeParse(value);
      if (!parsed.success) {
        const issue = parsed.error.issues[0];
        onProblem({
          where,
          message: `is not valid: ${[...(issue?.path ?? [])].join('.') || 'the line'}: ${issue?.message}`,
        });
        continue;
      }
      const entry = await this.#entryOf(parsed.data, where, signal, onProblem);
      if (entry !== undefined) page.push(entry);
      if (page.length < PAGE) continue;
      yield page;
      page = [];
    }
    if (page.length > 0) yield page;
  }

  async #entryOf(
    { uri, id, options, speakers }: z.infer<typeof lineSchema>,
    where: string,
    signal: AbortSignal,
    onProblem: (problem: SourceProblem) => void,
  ): Promise<SourceEntry | undefined> {
    try {
      const { store, key } = await this.#open(uri);
      const object = await store.head(key, signal);
      if (object === undefined) {
        onProblem({ where, message: 'names a recording that is not there' });
        return undefined;
      }
      const all = { ...options, ...(speakers === undefined ? {} : { numSpeakers: speakers }) };
      const name = id ?? key;
      return { store, object, name, ...(Object.keys(all).length === 0 ? {} : { options: all }) };
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      onProblem({ where, message: error.message });
      return undefined;
    }
  }

  async *#lines(signal: AbortSignal): AsyncGenerator<{ readonly number: number; readonly value: unknown }> {
    const lines = createInterface({ input: createReadStream(this.#path, { signal }), crlfDelay: Infinity });
    const isCsv = this.#path.toLowerCase().endsWith('.csv');
    let head: readonly string[] | undefined;
    let number = 0;
    for await (const text of lines) {
      number += 1;
      const line = number === 1 ? text.replace(/^\uFEFF/, '') : text;
      if (line.trim() === '') continue;
      if (!isCsv) yield { number, value: jsonOf(line) };
      else if (head === undefined) head = splitCsvLine(line);
      else yield { number, value: csvRecord(head, splitCsvLine(line)) };
    }
  }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Empty cells are absent; `options` holds JSON. */
function csvRecord(head: readonly string[] | undefined, cells: readonly string[] | undefined): unknown {
  if (head === undefined || cells === undefined || cells.length > head.length) return undefined;
  const filled = head.flatMap((name, column) => {
    const cell = cells[column] ?? '';
    return cell === '' ? [] : [[name.trim(), name.trim() === 'options' ? jsonOf(cell) : cell] as const];
  });
  return Object.fromEntries(filled);
}
