/** What stands in the journal of a study: one JSON object a line, only ever appended. */
import * as z from 'zod';
import { InvalidInputError } from '../../errors.ts';
import { searchSpaceSchema } from '../space/search-setting.ts';
import { TUNE_METRICS } from '../study/metric.ts';

/** A journal of another format is refused. */
export const JOURNAL_FORMAT = 1;

/** How values are chosen. */
export const SAMPLERS = ['tpe', 'random', 'grid'] as const;
export type SamplerName = (typeof SAMPLERS)[number];

/** Where the values of one trial came from. Only `tpe` looked at scores. */
export const TRIAL_SOURCES = ['default', 'tpe', 'random', 'grid', 'retry'] as const;

const name = z.string().min(1).max(300);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const number = z.number();
const whole = z.int().min(0);
const settings = z.record(z.string().max(100), z.union([number, z.string().max(100), z.boolean()]));

/** First line: all that a trial's result depends on. */
export const studySchema = z.strictObject({
  type: z.literal('study'),
  format: z.literal(JOURNAL_FORMAT),
  /** The preset that is tuned, and a hash of its settings. */
  preset: z.string().max(200),
  base: hash,
  metric: z.enum(TUNE_METRICS),
  scoring: z.strictObject({
    collarTotalSeconds: number.optional(),
    collarEachSideSeconds: number.optional(),
    skipOverlap: z.boolean().optional(),
  }),
  space: searchSpaceSchema,
  /** Settings with another value than the preset's in every trial. */
  fixed: settings,
  sampler: z.enum(SAMPLERS),
  /** Values of each setting without steps in a grid. */
  points: z.int().min(1).max(10_000).optional(),
  seed: whole,
  /** Of an input its name, the hashes of what was read, and its fold; -1: only validated with. */
  inputs: z
    .array(z.strictObject({ name, observations: hash, reference: hash, fold: z.int().min(-1).max(100) }))
    .min(1)
    .max(100_000),
});
export type StudyLine = z.infer<typeof studySchema>;

const startSchema = z.strictObject({
  type: z.literal('start'),
  trial: whole,
  settings,
  source: z.enum(TRIAL_SOURCES),
  /** The part of the recordings that the sampler did not see; -1 where it saw none or all. */
  fold: z.int().min(-1).max(100),
  by: z.string().max(300),
  time: z.string().max(40),
});
const beatSchema = z.strictObject({
  type: z.literal('beat'),
  trial: whole,
  by: z.string().max(300),
  time: z.string().max(40),
});
const valueSchema = z.strictObject({
  type: z.literal('value'),
  trial: whole,
  /** Index into the inputs. */
  recording: whole,
  /** As `SCORE_PARTS`. */
  score: z.array(number).length(9),
  by: z.string().max(300),
});
const endSchema = z.strictObject({
  type: z.literal('end'),
  trial: whole,
  state: z.enum(['complete', 'failed']),
  reason: z.string().max(500).optional(),
  by: z.string().max(300),
  time: z.string().max(40),
});
const importedSchema = z.strictObject({
  type: z.literal('imported'),
  settings,
  state: z.enum(['complete', 'pruned']),
  value: number.nullable(),
  lastStep: number.optional(),
});
/** The line before was torn when its writer died, and this one was written after it. */
const tornSchema = z.strictObject({ type: z.literal('torn') });

const lineSchema = z.discriminatedUnion('type', [
  studySchema,
  startSchema,
  beatSchema,
  valueSchema,
  endSchema,
  importedSchema,
  tornSchema,
]);

export type TuneJournalLine = z.infer<typeof lineSchema>;
export type StartLine = z.infer<typeof startSchema>;
export type ImportedLine = z.infer<typeof importedSchema>;

/** A line as it is written, with its newline. */
export function encodeLine(line: TuneJournalLine): string {
  return `${JSON.stringify(line)}\n`;
}

/** Lines of a part of a journal, and how many bytes of it they take. */
export type ParsedLines = { readonly lines: readonly TuneJournalLine[]; readonly bytes: number };

/**
 * Reads lines up to the last whole one. What stands behind it is left for later: somebody may be writing it, or died
 * doing so; a `torn` line says that the broken ones before it are such remains.
 *
 * @param bytes     from the beginning of a line on
 * @param firstLine number of that line in the journal, from 1
 * @throws InvalidInputError `invalid_file` that names the line: for a broken one among others, and for one of another
 *   version
 */
export function parseLines(bytes: Uint8Array, firstLine: number): ParsedLines {
  const lines: TuneJournalLine[] = [];
  let consumed = 0;
  let remains: InvalidInputError | undefined;
  let lineNumber = firstLine;
  for (let start = 0; ; lineNumber++) {
    const newline = bytes.indexOf(0x0a, start);
    if (newline === -1) break;
    const { line, reason } = parseLine(new TextDecoder().decode(bytes.subarray(start, newline)));
    start = newline + 1;
    if (line === undefined) {
      remains ??= broken(lineNumber, reason);
      continue;
    }
    if (remains !== undefined && line.type !== 'torn') throw remains;
    remains = undefined;
    lines.push(line);
    consumed = start;
  }
  return { lines, bytes: consumed };
}

function parseLine(text: string): { line?: TuneJournalLine; reason: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { reason: 'is no JSON' };
  }
  const parsed = lineSchema.safeParse(json);
  if (parsed.success) return { line: parsed.data, reason: '' };
  const { type, format } = (json ?? {}) as { type?: unknown; format?: unknown };
  if (type === 'study' && format !== JOURNAL_FORMAT) {
    return {
      reason: `is of format ${JSON.stringify(format)}, this version reads ${JOURNAL_FORMAT}; use the version that wrote it`,
    };
  }
  return { reason: `is not valid: ${z.prettifyError(parsed.error)}` };
}

function broken(line: number, reason: string): InvalidInputError {
  return new InvalidInputError('invalid_file', `Line ${line} of the journal ${reason}.`, {
    details: { line },
  });
}
