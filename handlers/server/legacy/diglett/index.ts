import { Hono } from 'hono';
import { assert } from '../../../../core/errors.ts';
import { PythonFloat } from '../../../../core/formats/writing/python-json.ts';
import type { JobResult } from '../../../../sdk/contract/index.ts';
import type { JobSubmission } from '../../http/submission.ts';
import { eraseUploads } from '../../http/uploads.ts';
import type { ServerContext, ServerEnvironment } from '../../server-context.ts';
import { analysisFailure, floats } from '../audio-analysis/replies.ts';
import { oneFile } from '../audio-analysis/voice-routes.ts';
import { readLegacyForm, type LegacyForm } from '../legacy-form.ts';
import { fastApiReply } from '../python-replies.ts';
import { submissionOfFiles } from '../run-on-files.ts';

/**
 * Enrolment of diglett: `POST /embed`. Its stream is `handlers/server/live/dialects/diglett-socket.ts`.
 *
 * @see https://github.com/8igMac/diglett
 */
export function diglettRoutes(context: ServerContext): Hono<ServerEnvironment> {
  const routes = new Hono<ServerEnvironment>();
  routes.post('/embed', async (c) => {
    try {
      context.desk.checkRoom();
      const form = await readLegacyForm(c.req.raw, context);
      try {
        return await embed(form, c.get('caller').id, context, c.req.raw.signal);
      } finally {
        await form.dispose();
      }
    } catch (error) {
      return analysisFailure(error, c.get('requestId'));
    }
  });
  return routes;
}

/** The vector of a voice, and how loud it is: `avg_db` is the mean of the samples without their sign, as it always was. */
async function embed(
  form: LegacyForm,
  owner: string,
  context: ServerContext,
  signal: AbortSignal,
): Promise<Response> {
  const file = oneFile(form, 'file');
  const name = form.fields.get('name')?.slice(0, 128) ?? file.name.replace(/\.[A-Za-z0-9]{1,5}$/, '');
  const options = { acceptPoorQuality: true };
  const submission = await submissionOfFiles({ task: 'embed', options, files: [file], owner }, context);
  const [voice, sound] = await bothOf(submission, context, signal);
  const [one] = voice.task === 'embed' ? voice.results : [];
  const [other] = sound.task === 'loudness' ? sound.results : [];
  assert(one !== undefined && 'result' in one, 'An embedding has no vector.');
  assert(other !== undefined && 'result' in other, 'A measurement gave nothing.');
  const { embedding, space, quality } = one.result;
  const { meanAbsolute, rmsDbfs } = other.result;
  return fastApiReply({
    speaker_name: name,
    speaker_embedding: floats(embedding),
    avg_db: new PythonFloat(meanAbsolute),
    dbfs: rmsDbfs === null ? null : new PythonFloat(rmsDbfs),
    speechSeconds: new PythonFloat(quality.speechSeconds),
    space: { ...space },
  });
}

/** Two tasks on one recording, of which nothing is kept. */
async function bothOf(
  { uploads, ...submission }: JobSubmission,
  { desk, recordings }: ServerContext,
  signal: AbortSignal,
): Promise<readonly [JobResult, JobResult]> {
  const measured = { ...submission, input: { task: 'loudness', options: {} } } as const;
  try {
    return [await desk.runOnce(submission, signal), await desk.runOnce(measured, signal)];
  } finally {
    await eraseUploads({ uploads }, recordings);
  }
}
