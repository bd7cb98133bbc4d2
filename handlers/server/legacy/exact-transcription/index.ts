import { Hono } from 'hono';
import { InputUnavailableError } from '../../../../core/errors.ts';
import { pythonJson } from '../../../../core/formats/writing/python-json.ts';
import { isOverJob } from '../../desk/desk-job.ts';
import { eventStream, type ServerSentEvent } from '../../http/sse.ts';
import type { ServerContext, ServerEnvironment } from '../../server-context.ts';
import { legacyFailure } from '../legacy-failure.ts';
import { flaskReply } from '../python-replies.ts';
import { attachedText, flaskText, goneReply } from './flask-replies.ts';
import { synchronousRoutes } from './synchronous.ts';
import { fileNameOf, jobIdOf } from './task-names.ts';
import { taskView, type TaskView } from './task-view.ts';
import { transcriptLines } from './transcript-lines.ts';
import { submitUpload } from './upload.ts';

/**
 * The web application Exact_Transcription: `POST /upload`, `GET /status/ID`, `/stream-progress/ID`, `/download/NAME`, and
 * the form of its first version. Its tasks are jobs of the desk.
 *
 * @param prefix under which these routes are
 * @see https://github.com/pohagan72/Exact_Transcription
 */
export function exactTranscriptionRoutes(context: ServerContext, prefix: string): Hono<ServerEnvironment> {
  const routes = new Hono<ServerEnvironment>();
  routes.post('/upload', async (c) => {
    try {
      const { id } = await submitUpload(c.req.raw, c.get('caller').id, context);
      return flaskReply({ task_id: id }, 202);
    } catch (error) {
      return failed(error, c.get('requestId'));
    }
  });
  routes.get('/status/:id', (c) => {
    try {
      const { state, info } = viewOf(c.req.param('id'), c.get('caller').id, context);
      return flaskReply({ state, info });
    } catch (error) {
      return failed(error, c.get('requestId'));
    }
  });
  routes.get('/stream-progress/:id', (c) => {
    try {
      const { id: owner } = c.get('caller');
      const id = c.req.param('id');
      viewOf(id, owner, context);
      return eventStream((signal) => taskEvents(id, owner, context, signal));
    } catch (error) {
      return failed(error, c.get('requestId'));
    }
  });
  routes.get('/download/:name', async (c) => {
    const id = jobIdOf(c.req.param('name'));
    if (id === undefined) return flaskText('Invalid filename', 400);
    try {
      return attachedText(await transcriptLines(id, c.get('caller').id, context), fileNameOf(id));
    } catch (error) {
      const { status } = legacyFailure(error, c.get('requestId'));
      return status < 500 ? goneReply() : failed(error, c.get('requestId'));
    }
  });
  routes.route('/', synchronousRoutes(context, prefix));
  return routes;
}

function failed(error: unknown, requestId: string): Response {
  const { failure, status, headers } = legacyFailure(error, requestId);
  return flaskReply({ error: failure.message }, status, headers);
}

/** @throws InputUnavailableError `not_found`, also for jobs of others and for other work */
function viewOf(id: string, owner: string, { desk, recordings }: ServerContext): TaskView {
  const job = desk.get(id, owner);
  if (job.task !== 'transcribe') throw new InputUnavailableError('not_found', 'There is no such task.');
  const [recording] = job.recordings;
  const name = recording === undefined ? 'recording' : recordings.shownName(recording);
  return taskView(job, desk.progressOf(id), name);
}

/** What the task is now, then each change of it, until it is over. */
async function* taskEvents(
  id: string,
  owner: string,
  context: ServerContext,
  signal: AbortSignal,
): AsyncGenerator<ServerSentEvent> {
  let told = '';
  const changed = (): ServerSentEvent[] => {
    const data = pythonJson(viewOf(id, owner, context), { isAscii: true });
    if (data === told) return [];
    told = data;
    return [{ data }];
  };
  yield* changed();
  if (!isOverJob(context.desk.get(id, owner))) {
    for await (const _event of context.desk.events(id, owner, 0, signal)) yield* changed();
  }
  yield* changed();
}
