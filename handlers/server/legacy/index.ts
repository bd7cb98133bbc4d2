import { Hono } from 'hono';
import type { Readiness } from '../routes/operation.ts';
import type { ServerContext, ServerEnvironment } from '../server-context.ts';
import { analysisHealthRoute, audioAnalysisDiarize, audioAnalysisRoutes } from './audio-analysis/index.ts';
import { diglettRoutes } from './diglett/index.ts';
import { exactTranscriptionRoutes } from './exact-transcription/index.ts';
import { nemoFlaskRoutes } from './nemo-flask/index.ts';
import { sharedDiarize } from './shared-diarize.ts';

/** Older systems whose HTTP services are served, by their prefixes. */
export const LEGACY_SYSTEMS = ['nemo', 'analysis', 'exact', 'diglett'] as const;
export type LegacySystem = (typeof LEGACY_SYSTEMS)[number];

/**
 * The HTTP services of older systems: each under a prefix, and at the root, where their clients look for them.
 *
 * @param atRoot those that are at the root too
 */
export function legacyRoutes(
  context: ServerContext,
  readiness: Readiness,
  atRoot: ReadonlySet<LegacySystem> = new Set(LEGACY_SYSTEMS),
): Hono<ServerEnvironment> {
  const routes = new Hono<ServerEnvironment>();
  routes.route('/nemo', nemoFlaskRoutes(context, readiness));
  routes.route('/analysis', analysisHealthRoute(context, readiness));
  routes.route('/analysis', audioAnalysisRoutes(context));
  routes.route('/analysis', audioAnalysisDiarize(context));
  routes.route('/exact', exactTranscriptionRoutes(context, '/exact'));
  routes.route('/diglett', diglettRoutes(context));
  // The health of the server, whoever's it looks like.
  routes.route('/', analysisHealthRoute(context, readiness));
  if (atRoot.has('diglett')) routes.route('/', diglettRoutes(context));
  // Two of them have this route: the field of the file says which is meant.
  if (atRoot.has('nemo') && atRoot.has('analysis')) routes.route('/', sharedDiarize(context, readiness));
  else if (atRoot.has('analysis')) routes.route('/', audioAnalysisDiarize(context));
  if (atRoot.has('nemo')) routes.route('/', nemoFlaskRoutes(context, readiness));
  if (atRoot.has('analysis')) routes.route('/', audioAnalysisRoutes(context));
  if (atRoot.has('exact')) routes.route('/', exactTranscriptionRoutes(context, ''));
  return routes;
}
