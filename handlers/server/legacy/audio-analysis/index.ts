import { Hono, type Context } from 'hono';
import { DEFAULT_PRESET, DIARIZATION_PRESETS } from '../../../../core/diarization/presets.ts';
import { shippedManifest } from '../../../../models/manifest.ts';
import manifest from '../../../../package.json' with { type: 'json' };
import { DEFAULT_SPEAKER_MODEL } from '../../../work/speakers/speaker-setup.ts';
import { engineFactsNow } from '../../operation/engine-state.ts';
import type { Readiness } from '../../routes/operation.ts';
import type { ServerContext, ServerEnvironment } from '../../server-context.ts';
import { readLegacyForm } from '../legacy-form.ts';
import { fastApiReply } from '../python-replies.ts';
import { analysisDiarize } from './diarization.ts';
import { analysisFailure } from './replies.ts';
import { compare, compareEmbedding, embedding, type VoiceCall } from './voice-routes.ts';

/**
 * The HTTP service around pyannote and SpeechBrain (audio-analysis-template), without `/diarize`, which another service
 * has too, and without its health: `POST /embedding`, `/compare`, `/compare_embedding`.
 *
 * @see https://github.com/dvishwas/AudioAnalysisDockerImage
 */
export function audioAnalysisRoutes(context: ServerContext): Hono<ServerEnvironment> {
  const routes = new Hono<ServerEnvironment>();
  for (const [path, work] of [
    ['/embedding', embedding],
    ['/compare', compare],
    ['/compare_embedding', compareEmbedding],
  ] as const) {
    routes.post(path, (c) => voiceReply(c, work, context));
  }
  return routes;
}

/** `GET /health`, which is that of the server too. */
export function analysisHealthRoute(context: ServerContext, readiness: Readiness): Hono<ServerEnvironment> {
  const routes = new Hono<ServerEnvironment>();
  routes.get('/health', () => analysisHealth(context, readiness));
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

/** The old service could only say healthy: this one says what is so, and what it works with. */
async function analysisHealth(
  { desk, services, preloaded }: ServerContext,
  { isReady, isClosing }: Readiness,
): Promise<Response> {
  const isHealthy = isReady && !isClosing;
  const diarization = DIARIZATION_PRESETS[DEFAULT_PRESET]!;
  const ids = [
    diarization.segmentationModel,
    diarization.embeddingModel,
    DEFAULT_SPEAKER_MODEL,
    ...preloaded,
  ];
  return fastApiReply(
    {
      status: isHealthy ? 'healthy' : 'unhealthy',
      diarization_model_loaded: isReady,
      verification_model_loaded: isReady,
      models: { diarization: DEFAULT_PRESET, verification: DEFAULT_SPEAKER_MODEL },
      model_versions: modelVersions(ids),
      device: (await engineFactsNow(services.engine))?.provider ?? null,
      version: manifest.version,
      queue: { ...desk.counts },
    },
    isHealthy ? 200 : 503,
  );
}

/** The first digits of what the weights are known by: the SHA-256 of a model's first file. */
function modelVersions(ids: readonly string[]): Record<string, string> {
  const known = shippedManifest().models.filter(({ id }) => ids.includes(id));
  return Object.fromEntries(known.map(({ id, files }) => [id, files[0]!.sha256?.slice(0, 12) ?? 'unpinned']));
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
