import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { Hono } from 'hono';
import { InvalidInputError } from '../../../core/errors.ts';
import { SCHEMA_VERSION } from '../../../sdk/contract/index.ts';
import type { StoredRecording } from '../desk/recording-store.ts';
import { byteRangeOf } from '../http/byte-range.ts';
import { readForm } from '../http/read-form.ts';
import type { ServerContext, ServerEnvironment } from '../server-context.ts';
import { mediaTypeOf } from './media-type.ts';

/** `/v1/recordings`: uploads that several jobs use, and playback. */
export function recordingRoutes(context: ServerContext): Hono<ServerEnvironment> {
  const { recordings, peaks, playable, spool, limits, services } = context;
  const routes = new Hono<ServerEnvironment>();

  routes.post('/', async (c) => {
    const { id: owner } = c.get('caller');
    const type = c.req.header('content-type') ?? '';
    const { path, name } = type.startsWith('multipart/form-data')
      ? await oneFile(c.req.raw, context)
      : {
          ...(await spool.write(
            Readable.fromWeb(c.req.raw.body ?? new ReadableStream()),
            limits.maxFileBytes,
          )),
          name: (c.req.query('name') ?? 'recording').slice(0, 200),
        };
    try {
      const { durationSeconds } = await services.engine.run('inspect-audio', {
        audio: { path, name: 'the recording' },
      });
      const recording = await recordings.add(path, { name, owner });
      return c.json({ ...recordingReply(recording), durationSeconds }, 201, {
        location: `/v1/recordings/${recording.id}`,
      });
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  });

  routes.get('/', (c) =>
    c.json({
      schemaVersion: SCHEMA_VERSION,
      recordings: recordings.list(c.get('caller').id).map(recordingReply),
    }),
  );

  routes.get('/:id', (c) => c.json(recordingReply(recordings.get(c.req.param('id'), c.get('caller').id))));

  routes.delete('/:id', async (c) => {
    const { id } = recordings.get(c.req.param('id'), c.get('caller').id);
    await recordings.erase(id);
    return c.body(null, 204);
  });

  routes.on(['GET', 'HEAD'], '/:id/audio', async (c) => {
    const { id, bytes, sha256 } = recordings.get(c.req.param('id'), c.get('caller').id);
    const format = c.req.query('format');
    if (format === undefined)
      return audioReply(c.req.raw, { path: recordings.audioPath(id), bytes, etag: `"${sha256}"` });
    if (format !== 'opus') {
      throw new InvalidInputError(
        'invalid_option',
        'format: expected opus, or none for the file as it came.',
        {
          details: { option: 'format' },
        },
      );
    }
    return audioReply(c.req.raw, { ...(await playable.of(id)), etag: `"${sha256}-opus"` });
  });

  routes.get('/:id/peaks', async (c) => {
    const { id } = recordings.get(c.req.param('id'), c.get('caller').id);
    const perSecond = Number(c.req.query('perSecond') ?? DEFAULT_PEAKS_PER_SECOND);
    if (!PEAK_RATES.includes(perSecond)) {
      throw new InvalidInputError('invalid_option', `perSecond: expected one of ${PEAK_RATES.join(', ')}.`, {
        details: { option: 'perSecond' },
      });
    }
    return c.body(new Uint8Array(await peaks.of(id, perSecond)), 200, {
      'content-type': 'application/octet-stream',
      'cache-control': 'no-store',
    });
  });
  return routes;
}

/** An hour is 144 kB then. */
const DEFAULT_PEAKS_PER_SECOND = 20;

/** Few, since each is kept: coarse for the overview of a day, fine to see single words. */
const PEAK_RATES: readonly number[] = [1, 5, 10, 20, 50, 100];

async function oneFile(
  request: Request,
  { spool, limits }: ServerContext,
): Promise<{ path: string; name: string }> {
  const form = await readForm(request, spool, limits);
  const [file, ...more] = form.files;
  if (file !== undefined && more.length === 0) return file;
  await form.dispose();
  throw new InvalidInputError('invalid_option', `Expected one file, got ${form.files.length}.`, {
    details: { option: 'file' },
  });
}

function recordingReply({ id, name, bytes, sha256, createdAtMs }: StoredRecording): Record<string, unknown> {
  return {
    schemaVersion: SCHEMA_VERSION,
    id,
    name,
    bytes,
    sha256,
    createdAt: new Date(createdAtMs).toISOString(),
  };
}

/** A recording to be played: whole, or the part that a player asks for. */
async function audioReply(
  request: Request,
  { path, bytes: size, etag }: { readonly path: string; readonly bytes: number; readonly etag: string },
): Promise<Response> {
  const headers: Record<string, string> = {
    'content-type': await mediaTypeOf(path),
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-store',
    'x-content-type-options': 'nosniff',
    etag,
  };
  if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers });
  const isCurrent = (request.headers.get('if-range') ?? etag) === etag;
  const range = byteRangeOf(isCurrent ? request.headers.get('range') : null, size);
  if (range === 'unsatisfiable') {
    return new Response(null, { status: 416, headers: { ...headers, 'content-range': `bytes */${size}` } });
  }
  const { first, last } = range === 'whole' ? { first: 0, last: size - 1 } : range;
  headers['content-length'] = String(last - first + 1);
  if (range !== 'whole') headers['content-range'] = `bytes ${first}-${last}/${size}`;
  const status = range === 'whole' ? 200 : 206;
  if (request.method === 'HEAD' || size === 0) return new Response(null, { status, headers });
  const body = Readable.toWeb(createReadStream(path, { start: first, end: last }));
  return new Response(body as ReadableStream<Uint8Array>, { status, headers });
}
