/** One stream for hours: whether it grows, and whether it slows down. */
import { readFileSync } from 'node:fs';
import type { Engine } from '../../core/engine/engine.ts';
import type { LiveEvent } from '../../core/result/live/live-events.ts';
import { openStore } from '../../handlers/setup/composition.ts';
import { readConfig } from '../../handlers/setup/config.ts';
import { KeptSound } from '../../handlers/work/live/kept-sound.ts';
import { liveSetup } from '../../handlers/work/live/live-setup.ts';
import { MOST_KEPT_SAMPLES, runLive } from '../../handlers/work/live/run-live.ts';
import { liveStartSchema } from '../../sdk/live/client-message.ts';
import { quantile } from '../support/row.ts';

export const LONG_MINUTES = Number(process.env.COLLOQUY_LIVE_MINUTES ?? 10);

const RATE = 16_000;
const WAITING_SAMPLES = RATE;
const STEPS_A_SECOND = 2;
const PAGE_BYTES = 4_096;

export type LongRun = {
  readonly growthBytes: number;
  readonly firstP95Ms: number;
  readonly lastP95Ms: number;
};

/** The recording again and again, as fast as it can be worked on. */
export async function hearLong(engine: Engine, samples: Float32Array): Promise<LongRun> {
  const start = liveStartSchema.parse({ type: 'start', tasks: ['diarize'] });
  const input = await liveSetup(openStore(readConfig(process.env)), start, { sheds: false });
  const sound = new KeptSound(MOST_KEPT_SAMPLES);
  const steps: number[] = [];
  const resident: number[] = [];
  let lastMs: number | undefined;
  const onEvent = (event: LiveEvent): void => {
    if (event.type !== 'status') return;
    const now = performance.now();
    if (lastMs !== undefined) steps.push((now - lastMs) / STEPS_A_SECOND);
    lastMs = now;
    resident.push(residentBytes(process.pid) + residentBytes(engine.processId!));
  };
  const { signal } = new AbortController();
  const listening = runLive(engine, input, sound, { signal, onEvent });
  listening.catch(() => sound.end());
  for (let second = 0; second < 60 * LONG_MINUTES; second += 1) {
    const at = (second * RATE) % (samples.length - RATE);
    sound.push(samples.slice(at, at + RATE));
    await sound.room(WAITING_SAMPLES);
  }
  sound.end();
  await listening;
  const tenth = Math.floor(steps.length / 10);
  return {
    growthBytes: resident.at(-1)! - resident[tenth]!,
    firstP95Ms: quantile(steps.slice(0, tenth), 0.95),
    lastP95Ms: quantile(steps.slice(-tenth), 0.95),
  };
}

function residentBytes(processId: number): number {
  const [, pages] = readFileSync(`/proc/${processId}/statm`, 'utf8').split(' ');
  return PAGE_BYTES * Number(pages);
}
