/** Streams at the pace of people who speak, and how long each second of sound waits to be told of. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openAudio } from '../../core/audio/decode.ts';
import type { Engine } from '../../core/engine/engine.ts';
import type { LiveEvent } from '../../core/result/live/live-events.ts';
import { openStore, startEngine } from '../../handlers/setup/composition.ts';
import { readConfig } from '../../handlers/setup/config.ts';
import { KeptSound } from '../../handlers/work/live/kept-sound.ts';
import { liveSetup } from '../../handlers/work/live/live-setup.ts';
import { MOST_KEPT_SAMPLES, runLive } from '../../handlers/work/live/run-live.ts';
import { liveStartSchema, type LiveStartParsed } from '../../sdk/live/client-message.ts';

const RATE = 16_000;
const BLOCK_SAMPLES = RATE / 10;
/** Models are loaded and caches filled in the first seconds. */
const WARM_SECONDS = 6;

const config = readConfig(process.env);

export type PacedRun = {
  /** From a second of sound until its status, in ms. */
  readonly lagsMs: readonly number[];
  /** Statuses that said that something was left out. */
  readonly shedCount: number;
};

/** The product's engine on two lanes, which takes as many streams as are asked for. */
export function startLoadEngine(): Promise<Engine> {
  // Of the bundle that the benchmarks are, which lies as if it were `bench/`.
  const enginePath = join(import.meta.dirname, '../dist/engine-process.js');
  return startEngine(config, { enginePath, provider: 'cpu', laneCount: 2, liveCores: Infinity });
}

/** Samples of a 16 kHz recording. */
export async function samplesOf(path: string): Promise<Float32Array> {
  const blocks: Float32Array[] = [];
  for await (const block of (await openAudio({ path })).blocks) blocks.push(block.slice());
  const samples = new Float32Array(blocks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const block of blocks) {
    samples.set(block, at);
    at += block.length;
  }
  return samples;
}

/** So many streams side by side, each from another place of the recording on. */
export async function runPaced(
  engine: Engine,
  samples: Float32Array,
  count: number,
  { tasks, seconds }: { readonly tasks: LiveStartParsed['tasks']; readonly seconds: number },
): Promise<PacedRun> {
  const start = liveStartSchema.parse({ type: 'start', tasks, language: 'en' });
  const input = await liveSetup(openStore(config), start);
  const stop = new AbortController();
  const lagsMs: number[] = [];
  let shedCount = 0;
  const streams = Array.from({ length: count }, (_, index) => {
    const sound = new KeptSound(MOST_KEPT_SAMPLES);
    const first = Math.floor((index * samples.length) / count);
    const began = { atMs: performance.now() };
    const onEvent = (event: LiveEvent): void => {
      if (event.type !== 'status') return;
      if (event.shed !== undefined) shedCount += 1;
      if (event.heardSeconds > WARM_SECONDS)
        lagsMs.push(performance.now() - began.atMs - 1_000 * event.heardSeconds);
    };
    const listening = runLive(engine, input, sound, { signal: stop.signal, onEvent });
    listening.catch(() => undefined);
    return { sound, first, began, listening };
  });
  const beganMs = performance.now();
  for (const { began } of streams) began.atMs = beganMs;
  const whole = samples.length - BLOCK_SAMPLES;
  for (let block = 1; block * BLOCK_SAMPLES <= (WARM_SECONDS + seconds) * RATE; block += 1) {
    await delay(Math.max(0, beganMs + (1_000 * block * BLOCK_SAMPLES) / RATE - performance.now()));
    for (const { sound, first } of streams) {
      const at = (first + (block - 1) * BLOCK_SAMPLES) % whole;
      sound.push(samples.slice(at, at + BLOCK_SAMPLES));
    }
  }
  stop.abort();
  await Promise.allSettled(streams.map(({ listening }) => listening));
  return { lagsMs, shedCount };
}
