import { Hono } from 'hono';
import { InvalidInputError, RequestError } from '../../../core/errors.ts';
import { formatOf, renderResult } from '../../../core/formats/index.ts';
import type { DiarizationResult, TranscriptResult } from '../../../core/result/result.ts';
import { applyEdits } from '../../../core/transcript/edits/apply-edits.ts';
import { editListSchema } from '../../../sdk/contract/results/edits.ts';
import { type JobResult, parseWith, SCHEMA_VERSION } from '../../../sdk/contract/index.ts';
import { MAX_JSON_DEPTH, parseJsonObject } from '../../work/http/json-text.ts';
import { readText } from '../http/read-text.ts';
import { renderQuery } from '../http/render-query.ts';
import type { ServerContext, ServerEnvironment } from '../server-context.ts';
import { recordingResult } from '../desk/recording-result.ts';
import { soundOfSpeaker } from '../voices/speaker-sample.ts';

/** What came of a job: `/v1/jobs/{id}/result`, its files, and the edits of readers. */
export function resultRoutes(context: ServerContext): Hono<ServerEnvironment> {
  const { desk, edits, recordings, limits } = context;
  const routes = new Hono<ServerEnvironment>();

  routes.get('/:id/result', async (c) => {
    const id = c.req.param('id');
    const output = await desk.result(id, c.get('caller').id);
    return c.json(c.req.query('edited') === 'true' ? await editedOutput(output, id, context) : output);
  });

  routes.get('/:id/result/:index/:format', async (c) => {
    const { id, format } = c.req.param();
    const { id: owner } = c.get('caller');
    const index = indexOf(c.req.param('index'));
    const { mediaType, extension } = formatOf(format);
    const result = recordingResult(await desk.result(id, owner), index);
    const isPlain = c.req.query('edited') === 'false';
    const edited = isPlain ? result : applyEdits(result, (await edits.read(id, index)).edits).result;
    const recording = desk.get(id, owner).recordings[index];
    const name = recording === undefined ? id : recordings.shownName(recording);
    const options = renderQuery(new URL(c.req.url).searchParams, name);
    const rendered = await renderResult(edited, format, options);
    return c.body(typeof rendered === 'string' ? rendered : new Uint8Array(rendered), 200, {
      'content-type': withCharset(mediaType),
      'x-content-type-options': 'nosniff',
      ...attachment(`${name}.${extension}`),
    });
  });

  routes.get('/:id/speakers/:speaker/audio', async (c) => {
    const { id: job, speaker } = c.req.param();
    const { id: owner } = c.get('caller');
    const { file, name } = await soundOfSpeaker({ job, speaker, owner }, context, c.req.raw.signal);
    return c.body(file, 200, {
      'content-type': 'audio/wav',
      'x-content-type-options': 'nosniff',
      ...attachment(`${name}.wav`),
    });
  });

  routes.get('/:id/edits', async (c) => {
    const id = c.req.param('id');
    desk.get(id, c.get('caller').id);
    const stored = await edits.read(id, indexOf(c.req.query('index') ?? '0'));
    return c.json({ schemaVersion: SCHEMA_VERSION, edits: stored.edits }, 200, { etag: stored.etag });
  });

  routes.put('/:id/edits', async (c) => {
    const id = c.req.param('id');
    const index = indexOf(c.req.query('index') ?? '0');
    const result = recordingResult(await desk.result(id, c.get('caller').id), index);
    const seen = c.req.header('if-match');
    if (seen === undefined) {
      throw new RequestError(
        'precondition_failed',
        'Send If-Match with the ETag of the edits that you have read, or *.',
        { details: { reason: 'if_match_missing' } },
      );
    }
    const text = await readText(c.req.raw, limits.maxJsonBytes);
    const { schemaVersion: _version, ...list } = parseJsonObject(text, { maxDepth: MAX_JSON_DEPTH }).value;
    const parsed = parseWith(editListSchema, list, true);
    if (!parsed.ok) {
      const [{ path, message }] = parsed.errors as [(typeof parsed.errors)[number]];
      throw new InvalidInputError('invalid_option', `${path || 'edits'}: ${message}.`, {
        details: { fields: parsed.errors.map((error) => error.path) },
      });
    }
    const stored = await edits.write(id, index, parsed.value.edits, seen);
    const { skipped } = applyEdits(result, stored.edits);
    return c.json({ schemaVersion: SCHEMA_VERSION, edits: stored.edits, skipped }, 200, {
      etag: stored.etag,
    });
  });
  return routes;
}

/** Media types of text say their characters. */
export function withCharset(mediaType: string): string {
  return mediaType.startsWith('text/') && !mediaType.includes('charset')
    ? `${mediaType}; charset=utf-8`
    : mediaType;
}

/** The whole output with the edits of each of its recordings. */
async function editedOutput(output: JobResult, id: string, { edits }: ServerContext): Promise<JobResult> {
  if (output.task !== 'diarize' && output.task !== 'transcribe') return output;
  const results = await Promise.all(
    output.results.map(async (outcome) => {
      if ('error' in outcome) return outcome;
      const { result } = applyEdits<DiarizationResult | TranscriptResult>(
        outcome.result,
        (await edits.read(id, outcome.index)).edits,
      );
      return { ...outcome, result };
    }),
  );
  return { ...output, results } as JobResult;
}

function indexOf(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidInputError('invalid_option', 'index: expected the number of a recording, from 0.', {
    details: { option: 'index' },
  });
}

/** Has a browser save a reply under a name, whatever characters that has (RFC 6266, RFC 8187). */
export function attachment(name: string): Record<string, string> {
  const plain = name.replace(/[^\x20-\x7e]|["\\]/g, '_');
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
  return { 'content-disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encoded}` };
}
