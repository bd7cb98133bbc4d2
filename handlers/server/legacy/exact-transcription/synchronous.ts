import { Hono } from 'hono';
import { InputUnavailableError } from '../../../../core/errors.ts';
import { isOverJob } from '../../desk/desk-job.ts';
import { isId } from '../../desk/random-ids.ts';
import type { ServerContext, ServerEnvironment } from '../../server-context.ts';
import { legacyFailure } from '../legacy-failure.ts';
import { attachedText, cookieOf, flaskRedirect, goneReply, readCookie } from './flask-replies.ts';
import { transcriptLines } from './transcript-lines.ts';
import { uploadPage } from './upload-page.ts';
import { submitUpload } from './upload.ts';

/** Whose transcript is whose: the cookie names a job, which nobody can guess, and is good for an hour. */
const RESULT_COOKIE = 'colloquy_transcript';
const RESULT_SECONDS = 3600;

/** What the form shows once. */
const MESSAGE_COOKIE = 'colloquy_message';

/** The first version of the web application: `POST /` waits, and sends the browser to `/download`. */
export function synchronousRoutes(context: ServerContext, prefix: string): Hono<ServerEnvironment> {
  const routes = new Hono<ServerEnvironment>();
  // At the root there is the page of this server.
  if (prefix !== '') {
    routes.get('/', (c) => {
      const message = readCookie(MESSAGE_COOKIE, c.req.raw);
      const page = uploadPage(prefix, message === undefined ? undefined : decoded(message));
      if (message !== undefined)
        page.headers.append('set-cookie', cookieOf(MESSAGE_COOKIE, '', 0, c.req.raw));
      return page;
    });
  }
  routes.post('/', async (c) => {
    const request = c.req.raw;
    try {
      const id = await transcribed(request, c.get('caller').id, context);
      return flaskRedirect(`${prefix}/download`, cookieOf(RESULT_COOKIE, id, RESULT_SECONDS, request));
    } catch (error) {
      const { failure } = legacyFailure(error, c.get('requestId'));
      const message = encodeURIComponent(failure.message.slice(0, 300)).replace(/[!'()*]/g, '');
      return flaskRedirect(prefix === '' ? '/' : prefix, cookieOf(MESSAGE_COOKIE, message, 60, request));
    }
  });
  routes.get('/download', async (c) => {
    const { id: owner } = c.get('caller');
    const id = readCookie(RESULT_COOKIE, c.req.raw);
    if (id === undefined || !isId('job', id)) return goneReply();
    try {
      const { endedAtMs = 0 } = context.desk.get(id, owner);
      if (endedAtMs + 1000 * RESULT_SECONDS < Date.now()) return goneReply();
      return attachedText(await transcriptLines(id, owner, context), 'transcript.txt');
    } catch {
      return goneReply();
    }
  });
  return routes;
}

/**
 * Waits for the transcript; a client that goes away takes it along.
 *
 * @throws InputUnavailableError `audio_unreachable` with what the job failed with
 */
async function transcribed(request: Request, owner: string, context: ServerContext): Promise<string> {
  const { desk } = context;
  const { id } = await submitUpload(request, owner, context);
  try {
    for await (const event of desk.events(id, owner, 0, request.signal)) {
      if (event.type === 'state' && isOverJob(event.job)) break;
    }
    const { state, error } = desk.get(id, owner);
    if (state === 'completed') return id;
    throw new InputUnavailableError('audio_unreachable', error?.message ?? 'The work was stopped.');
  } catch (error) {
    await desk.erase(id, owner).catch(() => undefined);
    throw error;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return 'The upload failed.';
  }
}
