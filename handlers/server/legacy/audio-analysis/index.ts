import { Hono, type Context } from 'hono';
import { DEFAULT_PRESET } from '../../../../core/diarization/presets.ts';
import { DEFAULT_SPEAKER_MODEL } from '../../../work/speakers/speaker-setup.ts';
import type { Readiness } from '../../routes/operation.ts';
import type { ServerContext, ServerEnvironment } from '../../server-context.ts';
import { readLegacyForm } from '../legacy-form.ts';
import { fastApiReply } from '../python-replies.ts';
import { analysisDiarize } from './diarization.ts';
import { analysisFailure } from './replies.ts';
import { compare, compareEmbedding, embedding, type VoiceCall } from './voice-routes.ts';

/**
 * The HTTP service around pyannote and SpeechBrain (audio-analysis-template), without `/diarize`, which another service
 * has too: `GET /health`, `POST /embedding`, `/compare`, `/compare_embedding`.
 *
 * @see https://github.com/dvishwas/AudioAnalysisDockerImage
 */
export function audioAnalysisRoutes(context: ServerContext, readiness: Readiness): Hono<ServerEnvironment> {
  const routes = new Hono<ServerEnvironment>();
  routes.get('/health', () => analysisHealth(context, readiness));
  for (const [path, work] of [
    ['/embedding', embedding],
    ['/compare', compare],
    ['/compare_embedding', compareEmbedding],
  ] as const) {
    routes.post(path, (c) => voiceReply(c, work, context));
  }
  return routes;
}

/** `POST /diarize` under the service's own prefix, where its field names need not tell it from another. */
export function audioAnalysisDiarize(context: ServerContext): Hono<ServerEnvironment> {
  const routes = new Hono<ServerEnvironment>();
  routes.post('/diarize', async (c) => {
    const call = { owner: c.get('caller').id, requestId: c.get('requestId') };
    try {
      context.desk.checkRoom();
      const form = await readLegacyForm(c.req.raw, context);
      return await analysisDiarize(form, call, context, c.req.raw.signal);
    } catch (error) {
      return analysisFailure(error, call.requestId);
    }
  });
  return routes;
}

/** The old service could only say healthy: this one says what is so. */
function analysisHealth({ desk }: ServerContext, { isReady, isClosing }: Readiness): Response {
  const isHealthy = isReady && !isClosing;
  return fastApiReply(
    {
      status: isHealthy ? 'healthy' : 'unhealthy',
      diarization_model_loaded: isReady,
      verification_model_loaded: isReady,
      models: { diarization: DEFAULT_PRESET, verification: DEFAULT_SPEAKER_MODEL },
      queue: { ...desk.counts },
    },
    isHealthy ? 200 : 503,
  );
}

async function voiceReply(
  c: Context<ServerEnvironment>,
  work: (call: VoiceCall) => Promise<Response>,
  context: ServerContext,
): Promise<Response> {
  try {
    context.desk.checkRoom();
    const form = await readLegacyForm(c.req.raw, context);
    try {
      return await work({ form, owner: c.get('caller').id, signal: c.req.raw.signal, context });
    } finally {
      await form.dispose();
    }
  } catch (error) {
    return analysisFailure(error, c.get('requestId'));
  }
}
