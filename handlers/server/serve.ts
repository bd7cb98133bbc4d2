import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DependencyError } from '../../core/errors.ts';
import { isLoopbackHost } from '../work/http/web-guard.ts';
import type { JobServices } from '../work/jobs/job-services.ts';
import { openVoiceFolder } from '../work/speakers/voice-folder.ts';
import { DEFAULT_SPEAKER_MODEL, scoringModel } from '../work/speakers/speaker-setup.ts';
import { warmUp } from '../work/jobs/warm-up.ts';
import { createApp } from './app.ts';
import { JobDesk } from './desk/job-desk.ts';
import { JobEdits } from './desk/job-edits.ts';
import { JobFolders } from './desk/job-folders.ts';
import { PlayableSounds } from './desk/playable-sounds.ts';
import { RecordingPeaks } from './desk/recording-peaks.ts';
import { RecordingStore } from './desk/recording-store.ts';
import { deskJobRunner } from './desk/run-desk-job.ts';
import { recognisers } from './routes/openai.ts';
import { Keys } from './http/keys.ts';
import { Sessions } from './http/sessions.ts';
import { CallerRate } from './http/caller-rate.ts';
import { DiartDoor } from './live/dialects/diart-door.ts';
import { KeptSession } from './live/kept-session.ts';
import { LiveDoor } from './live/live-door.ts';
import { listening } from './http/listening.ts';
import { LiveRooms } from './live/live-rooms.ts';
import { Tickets } from './live/tickets.ts';
import { Spool } from './http/spool.ts';
import { EndedJobs } from './operation/ended-jobs.ts';
import type { ServeOptions } from './serve-options.ts';
import { ServerMetrics } from './operation/server-metrics.ts';
import { endSlowBodies } from './operation/slow-bodies.ts';
import { DEFAULT_UPLOAD_LIMITS } from './http/upload-limits.ts';
import type { ServerContext } from './server-context.ts';
import { withVoicesOfLive } from './voices/submitted-voices.ts';

const DAY_SECONDS = 86_400;
const SWEEP_MS = 60_000;

/** What runs stays this long after the server was asked to stop. */
const DRAIN_MS = 25_000;

/** A server that listens. */
export type RunningServer = {
  readonly url: string;
  /** Where clients of diart connect. */
  readonly diartPort?: number | undefined;
  /** Takes nothing more, waits for what runs, and ends. */
  close(graceMs?: number): Promise<void>;
};

/**
 * Starts the server: one process, nothing else needed. It is ready once the models are loaded, and listens before, so
 * that whoever runs it can ask.
 *
 * @throws DependencyError `configuration_invalid` for an address that others reach without keys
 */
export async function startServer(
  openServices: () => Promise<{ readonly services: JobServices; readonly close: () => Promise<void> }>,
  options: ServeOptions = {},
): Promise<RunningServer> {
  const { host = '127.0.0.1', port = 8000, keepSeconds = DAY_SECONDS } = options;
  const isLoopback = isLoopbackHost(host);
  const keys = await keysOf(options);
  if (!isLoopback && keys === undefined) {
    throw new DependencyError(
      'configuration_invalid',
      `Others reach ${host}, so the server needs keys: --keys FILE, or one in COLLOQUY_SERVE_KEY. colloquy serve key NAME makes one.`,
    );
  }
  const folder = options.dataFolder ?? (await mkdtemp(join(tmpdir(), 'colloquy-serve-')));
  const spool = new Spool(folder);
  await spool.open();
  const recordings = await RecordingStore.open(folder);
  const jobFiles = new JobFolders(folder);
  const { services, close: closeServices } = await openServices();
  const metrics = new ServerMetrics();
  const { webhooks, onJobEnded = () => undefined } = options;
  const endedJobs = new EndedJobs({ metrics, webhooks, onEnded: onJobEnded });
  const desk = new JobDesk({
    files: jobFiles,
    recordings,
    run: deskJobRunner(services, recordings),
    concurrency: options.concurrency ?? 1,
    maxQueued: options.maxQueue ?? 100,
    onEnded: (job, request, result) => endedJobs.ended(job, request, result),
  });
  await desk.restore();
  const readiness = { isReady: false, isClosing: false };
  const origins = { isOpen: keys === undefined, corsOrigins: new Set(options.corsOrigins ?? []) };
  const tickets = new Tickets();
  const context: ServerContext = {
    desk,
    edits: new JobEdits(jobFiles),
    recordings,
    voices: (options.openVoices ?? ((data) => openVoiceFolder(join(data, 'voices'), {})))(folder),
    peaks: new RecordingPeaks(recordings, services.engine, services.audioLimits),
    playable: new PlayableSounds(recordings, services.audioLimits),
    folder,
    spool,
    services,
    limits: DEFAULT_UPLOAD_LIMITS,
    preloaded: options.preload ?? [],
    hasWebhooks: webhooks !== undefined,
    keepSeconds,
  };
  const rooms = new LiveRooms(services, { keep: (callerId) => new KeptSession(context, callerId) });
  const app = createApp({
    context,
    origins,
    keys,
    tickets,
    sessions: new Sessions(),
    hasPage: options.hasPage ?? true,
    legacy: options.legacy,
    submissions: new CallerRate({ perSecond: 10, burst: 50 }),
    reads: new CallerRate({ perSecond: 100, burst: 200 }),
    readiness,
    metrics,
    liveSessions: () => rooms.count,
    onAnswer: (facts) => {
      metrics.answered(facts);
      options.onAnswer?.(facts);
    },
  });
  const server = await listening(app.fetch, host, port, options.tls);
  endSlowBodies(server, options.bodySpeed);
  const { space } = await scoringModel(services.models, DEFAULT_SPEAKER_MODEL);
  const live = new LiveDoor(server, {
    rooms,
    space,
    tickets,
    fillVoices: (start, caller) => withVoicesOfLive(start, caller, context),
    recognisers: recognisers(),
    keys,
    origins,
  });
  const diart =
    options.diartPort === undefined
      ? undefined
      : await DiartDoor.open({ rooms, host: '127.0.0.1', port: options.diartPort });
  const sweep = setInterval(() => void eraseOld(desk, recordings, keepSeconds), SWEEP_MS);
  sweep.unref();
  await warmUp(services, options.preload ?? []);
  readiness.isReady = true;
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${actual}`,
    diartPort: diart?.port,
    close: async (graceMs = DRAIN_MS) => {
      readiness.isClosing = true;
      clearInterval(sweep);
      diart?.close();
      await live.close();
      await desk.close(graceMs);
      await endedJobs.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await closeServices();
      metrics.close();
      if (options.dataFolder === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

async function keysOf({ keysFile, key }: ServeOptions): Promise<Keys | undefined> {
  if (keysFile === undefined) return key === undefined || key === '' ? undefined : Keys.of(key);
  return Keys.read(keysFile);
}

async function eraseOld(desk: JobDesk, recordings: RecordingStore, keepSeconds: number): Promise<void> {
  if (keepSeconds === Infinity) return;
  const before = Date.now() - keepSeconds * 1000;
  await desk.eraseEndedBefore(before);
  await recordings.eraseOlderThan(before);
}
