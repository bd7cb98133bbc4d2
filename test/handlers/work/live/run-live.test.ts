import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAudio } from '../../../../core/audio/decode.ts';
import { Engine } from '../../../../core/engine/engine.ts';
import type { LiveInput } from '../../../../core/engine/tasks/live-task.ts';
import { DEFAULT_LIVE_OPTIONS } from '../../../../core/live/live-options.ts';
import type { LiveEvent } from '../../../../core/result/live/live-events.ts';
import { applyLiveEvent, EMPTY_LIVE_TRANSCRIPT } from '../../../../core/result/live/live-transcript.ts';
import { DEFAULT_TRANSCRIPTION_OPTIONS } from '../../../../core/transcription/transcribe.ts';
import { KeptSound } from '../../../../handlers/work/live/kept-sound.ts';
import { runLive } from '../../../../handlers/work/live/run-live.ts';
import { builtPath } from '../../../support/built.ts';
import { EMBEDDED_SETUP } from '../../../support/embedded-diarization.ts';
import { SILERO_MODEL } from '../../../support/silero-session.ts';

const SECONDS = 12;
const INPUT: LiveInput = {
  vad: SILERO_MODEL,
  transcription: undefined,
  diarization: EMBEDDED_SETUP,
  scoring: undefined,
  session: {
    live: { ...DEFAULT_LIVE_OPTIONS, tasks: ['diarize'] },
    transcription: DEFAULT_TRANSCRIPTION_OPTIONS,
  },
};

let engine: Engine;
let blocks: Float32Array[];

beforeAll(async () => {
  engine = await Engine.start({
    enginePath: builtPath('engine-process.js'),
    environment: { PATH: process.env.PATH },
    provider: 'cpu',
    laneCount: 1,
    liveCores: 0.2,
  });
  blocks = [];
  for await (const block of (await openAudio({ path: 'samples/library.wav' })).blocks)
    if (blocks.length < SECONDS) blocks.push(block);
});

afterAll(() => engine.close());

/** Everything that is told of the sample; `onEvent` may interfere. */
async function listen(onEvent: (event: LiveEvent) => void = () => undefined): Promise<LiveEvent[]> {
  const sound = new KeptSound(3600 * 16_000);
  const events: LiveEvent[] = [];
  const { signal } = new AbortController();
  const listening = runLive(engine, INPUT, sound, {
    signal,
    onEvent: (event) => {
      events.push(event);
      onEvent(event);
    },
  });
  for (const block of blocks) sound.push(block.slice());
  sound.end();
  await listening;
  return events;
}

describe('a live session on an engine', () => {
  it(
    'goes on under the same labels when the engine is killed, and ends alike',
    { timeout: 240_000 },
    async () => {
      const whole = await listen();
      let kills = 0;
      const mended = await listen((event) => {
        if (kills > 0 || event.type !== 'status' || event.heardSeconds < 6) return;
        kills += 1;
        process.kill(engine.processId!, 'SIGKILL');
      });
      expect(kills).toBe(1);
      const [a, b] = [whole, mended].map((events) => events.reduce(applyLiveEvent, EMPTY_LIVE_TRANSCRIPT));
      expect({ ...b!.result, timings: {} }).toEqual({ ...a!.result, timings: {} });
      expect(b!.turns.map(({ id: _, ...turn }) => turn)).toEqual(a!.turns.map(({ id: _, ...turn }) => turn));
      expect(b!.labels).toEqual(a!.labels);
      // Nobody is introduced twice, and the clock of the listener never goes back.
      const introduced = mended.flatMap((event) => (event.type === 'speaker' ? [event.speaker] : []));
      expect(new Set(introduced).size).toBe(introduced.length);
      const heard = mended.flatMap((event) => (event.type === 'status' ? [event.heardSeconds] : []));
      expect(heard).toEqual(heard.toSorted((x, y) => x - y));
    },
  );

  it('is refused where as many run as may', { timeout: 60_000 }, async () => {
    const sound = new KeptSound(16_000);
    const stop = new AbortController();
    const running = runLive(engine, INPUT, sound, { signal: stop.signal, onEvent: () => undefined });
    await expect(listen()).rejects.toMatchObject({ code: 'overloaded' });
    stop.abort();
    await expect(running).rejects.toBeDefined();
  });
});
