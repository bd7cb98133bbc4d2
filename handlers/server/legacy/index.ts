import { Hono } from 'hono';
import type { Readiness } from '../routes/operation.ts';
import type { ServerContext, ServerEnvironment } from '../server-context.ts';
import { audioAnalysisDiarize, audioAnalysisRoutes } from './audio-analysis/index.ts';
import { diglettRoutes } from './diglett/index.ts';
import { exactTranscriptionRoutes } from './exact-transcription/index.ts';
import { nemoFlaskRoutes } from './nemo-flask/index.ts';
import { sharedDiarize } from './shared-diarize.ts';

/** The HTTP services of older systems: each at the root, where their clients look for them, and under a prefix. */
export function legacyRoutes(context: ServerContext, readiness: Readiness): Hono<ServerEnvironment> {
  const routes = new Hono<ServerEnvironment>();
  routes.route('/nemo', nemoFlaskRoutes(context, readiness));
  routes.route('/analysis', audioAnalysisRoutes(context, readiness));
  routes.route('/analysis', audioAnalysisDiarize(context));
  routes.route('/exact', exactTranscriptionRoutes(context, '/exact'));
  routes.get('/exact/', (c) => c.redirect('/exact'));
  routes.route('/diglett', diglettRoutes(context));
  routes.route('/', diglettRoutes(context));
  routes.route('/', sharedDiarize(context, readiness));
  routes.route('/', nemoFlaskRoutes(context, readiness));
  routes.route('/', audioAnalysisRoutes(context, readiness));
  routes.route('/', exactTranscriptionRoutes(context, ''));
  return routes;
}
