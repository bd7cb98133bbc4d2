import { Hono } from 'hono';
import { transcriptOf } from '../../openai/transcript-of.ts';
import type { Readiness } from '../../routes/operation.ts';
import type { ServerContext, ServerEnvironment } from '../../server-context.ts';
import { legacyFailure } from '../legacy-failure.ts';
import { readLegacyForm, wrongField, type LegacyForm } from '../legacy-form.ts';
import { flaskReply } from '../python-replies.ts';
import { runOnFiles } from '../run-on-files.ts';
import { speakerOptions } from '../speaker-fields.ts';
import { conversationOf, type ConversationForm } from './conversation.ts';

/** Fields that hold the recording: of the README, of the code, and of everybody else's services. */
const FILE_FIELDS = ['audio', 'audio_file', 'file'];

const NO_FILE =
  "No 'audio_file' part in the request. Please ensure you are uploading a file with the field name 'audio_file'.";

/** Who asks, and what it is called in errors. */
export type LegacyCall = { readonly owner: string; readonly requestId: string };

/**
 * The HTTP service around NeMo (automatedMOM): `GET /status`, `POST /diarize`.
 *
 * @see https://github.com/DeepikaShetty1/automatedMOM
 */
export function nemoFlaskRoutes(context: ServerContext, readiness: Readiness): Hono<ServerEnvironment> {
  const routes = new Hono<ServerEnvironment>();
  routes.get('/status', () => nemoStatus(readiness));
  routes.post('/diarize', async (c) => {
    const call = { owner: c.get('caller').id, requestId: c.get('requestId') };
    try {
      const form = await readLegacyForm(c.req.raw, context);
      return await nemoDiarize(form, call, context, readiness, c.req.raw.signal);
    } catch (error) {
      return nemoFailure(error, call.requestId);
    }
  });
  return routes;
}

export function nemoStatus({ isReady, isClosing }: Readiness): Response {
  return flaskReply({
    errors: isClosing ? ['overloaded'] : [],
    nemo_components_loaded: isReady,
    status: isClosing ? 'error' : isReady ? 'ready' : 'loading',
  });
}

/** Who said what in the form's recording. The form is disposed of, whatever happens. */
export async function nemoDiarize(
  form: LegacyForm,
  { owner, requestId }: LegacyCall,
  context: ServerContext,
  readiness: Readiness,
  signal: AbortSignal,
): Promise<Response> {
  try {
    if (!readiness.isReady) return flaskReply({ error: 'Diarization service not ready.' }, 503);
    context.desk.checkRoom();
    const files = form.files.filter(({ field }) => FILE_FIELDS.includes(field));
    const [file, ...more] = files;
    if (file === undefined) return flaskReply({ error: NO_FILE }, 400);
    if (more.length > 0) return flaskReply({ error: 'Expected one recording, got several.' }, 400);
    if (file.isNameless === true && file.bytes === 0) return flaskReply({ error: 'No selected file.' }, 400);
    if (file.bytes === 0) return flaskReply({ error: 'The uploaded file is empty.' }, 400);
    const conversationForm = conversationField(form.fields);
    const preset = form.fields.get('preset');
    const language = form.fields.get('language');
    const options = {
      ...speakerOptions(form.fields),
      ...(preset === undefined ? {} : { preset }),
      ...(language === undefined ? {} : { language }),
    };
    const output = await runOnFiles({ task: 'transcribe', options, files: [file], owner }, context, signal);
    return flaskReply({ conversation: conversationOf(transcriptOf(output), conversationForm) });
  } catch (error) {
    return nemoFailure(error, requestId);
  } finally {
    await form.dispose();
  }
}

/** A failure as the service wrote it, with the status that it has everywhere. */
function nemoFailure(error: unknown, requestId: string): Response {
  const { failure, status, headers } = legacyFailure(error, requestId);
  return flaskReply({ error: failure.message }, status, headers);
}

function conversationField(fields: LegacyForm['fields']): ConversationForm {
  const value = fields.get('conversation') ?? 'objects';
  if (value === 'objects' || value === 'text') return value;
  throw wrongField('conversation', 'expected objects or text');
}
