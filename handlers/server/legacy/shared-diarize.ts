import { Hono } from 'hono';
import { InvalidInputError } from '../../../core/errors.ts';
import type { Readiness } from '../routes/operation.ts';
import type { ServerContext, ServerEnvironment } from '../server-context.ts';
import { analysisDiarize } from './audio-analysis/diarization.ts';
import { analysisError } from './audio-analysis/replies.ts';
import { legacyFailure } from './legacy-failure.ts';
import { readLegacyForm, type LegacyForm } from './legacy-form.ts';
import { nemoDiarize } from './nemo-flask/index.ts';
import { fastApiReply } from './python-replies.ts';

type System = 'nemo' | 'analysis';

/** Whose field is called so. */
const SYSTEM_OF_FIELD: ReadonlyMap<string, System> = new Map([
  ['audio', 'nemo'],
  ['audio_file', 'nemo'],
  ['file', 'analysis'],
]);

/**
 * `POST /diarize`, which two services have: the field of the file says whose client is asking, `?system=nemo|analysis`
 * says it outright.
 */
export function sharedDiarize(context: ServerContext, readiness: Readiness): Hono<ServerEnvironment> {
  const routes = new Hono<ServerEnvironment>();
  routes.post('/diarize', async (c) => {
    const call = { owner: c.get('caller').id, requestId: c.get('requestId') };
    const { signal } = c.req.raw;
    try {
      context.desk.checkRoom();
      const form = await readLegacyForm(c.req.raw, context);
      let system: System;
      try {
        system = systemOf(form);
      } catch (error) {
        await form.dispose();
        throw error;
      }
      return system === 'nemo'
        ? await nemoDiarize(form, call, context, readiness, signal)
        : await analysisDiarize(form, call, context, signal);
    } catch (error) {
      // Nobody knows which of the two it is: the errors of both.
      const { failure, status, headers } = legacyFailure(error, call.requestId);
      return fastApiReply({ error: failure.message, ...analysisError(failure) }, status, headers);
    }
  });
  return routes;
}

/** @throws InvalidInputError `invalid_option` */
function systemOf({ files, fields }: LegacyForm): System {
  const named = fields.get('system');
  if (named === 'nemo' || named === 'analysis') return named;
  if (named !== undefined) throw invalid('system: expected nemo or analysis.', 'system');
  const found = files.flatMap(({ field }) => SYSTEM_OF_FIELD.get(field) ?? []);
  const [system] = found;
  if (system === undefined)
    throw invalid('There is no recording: send one as audio, audio_file or file.', 'file');
  if (found.length > 1) throw invalid('Expected one recording, got several.', 'file');
  return system;
}

function invalid(message: string, option: string): InvalidInputError {
  return new InvalidInputError('invalid_option', message, { details: { option } });
}
