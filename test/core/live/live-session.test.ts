import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAudio } from '../../../core/audio/decode.ts';
import { diarize } from '../../../core/diarization/diarize.ts';
import { DEFAULT_LIVE_OPTIONS, type LiveOptions } from '../../../core/live/live-options.ts';
import { LiveSession } from '../../../core/live/live-session.ts';
import type { LiveEvent } from '../../../core/result/live/live-events.ts';
import { applyLiveEvent, EMPTY_LIVE_TRANSCRIPT } from '../../../core/result/live/live-transcript.ts';
import type { TranscriptResult } from '../../../core/result/result.ts';
import { DEFAULT_TRANSCRIPTION_OPTIONS, transcribe } from '../../../core/transcription/transcribe.ts';
import type { TranscriptionModels } from '../../../core/transcription/transcription-models.ts';
import { openEmbeddedTranscription } from '../../support/embedded-transcription.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const now = () => 0;
const SECONDS = 24;
let models: TranscriptionModels;
let samples: Float32Array;
let offline: TranscriptResult;

beforeAll(async () => {
  models = await openEmbeddedTranscription();
  const { blocks } = await openAudio({ path: 'samples/library.wav' });
  const heard: number[] = [];
  for await (const block of blocks) heard.push(...block);
  samples = Float32Array.from(heard.slice(0, SECONDS * 16_000));
  const audio = audioOf([samples.slice()]);
  offline = (await transcribe(audio, models, DEFAULT_TRANSCRIPTION_OPTIONS, { now })).result;
}, 120_000);

afterAll(() => models.release());

function audioOf(blocks: Float32Array[]) {
  return {
    blocks: (async function* () {
      for (const block of blocks) yield await Promise.resolve(block);
    })(),
    expectedSeconds: undefined,
    sourceSampleRate: 16_000,
    sourceChannels: 1,
    close: () => Promise.resolve(),
  };
}

/** Everything that a session says of the sample, cut into blocks of random lengths. */
async function listen(live: Partial<LiveOptions>, seed: number, clock = now): Promise<LiveEvent[]> {
  const random = seededRandom(seed);
  const session = new LiveSession(
    { vad: models.vad, transcription: models, diarization: models.diarization },
    { live: { ...DEFAULT_LIVE_OPTIONS, ...live }, transcription: DEFAULT_TRANSCRIPTION_OPTIONS },
    { now: clock },
  );
  const writing = (async () => {
    for (let start = 0; start < samples.length;) {
      const end = start + 1 + Math.floor(random() * 20_000);
      await session.write(samples.subarray(start, end));
      start = end;
    }
    session.finish();
  })();
  const events: LiveEvent[] = [];
  for await (const event of session.events) events.push(event);
  await writing;
  return events;
}

const stateOf = (events: readonly LiveEvent[]) => events.reduce(applyLiveEvent, EMPTY_LIVE_TRANSCRIPT);

describe('a live session', () => {
  it(
    'ends with what an offline run gives, and so does the state of a listener',
    { timeout: 300_000 },
    async () => {
      const events = await listen({}, 7);
      const state = stateOf(events);
      expect(JSON.stringify({ ...state.result, timings: {} })).toBe(
        JSON.stringify({ ...offline, timings: {} }),
      );

      const { labels } = state;
      expect(
        state.turns.map(({ id: _, speaker, ...turn }) => ({ ...turn, speaker: labels[speaker] })),
      ).toEqual(
        offline.turns.map(({ startSeconds, endSeconds, confidence, speaker }) => ({
          startSeconds,
          endSeconds,
          ...(confidence === undefined ? {} : { confidence }),
          speaker,
        })),
      );
      const words = state.texts.flatMap((text) => text.words);
      expect(
        words.map(({ text, startSeconds, speaker }) => [text, startSeconds, labels[speaker!] ?? null]),
      ).toEqual(offline.words.map(({ text, startSeconds, speaker }) => [text, startSeconds, speaker]));
      expect(words.every(({ agreed }) => agreed)).toBe(true);

      // Final text never changes.
      const finals = new Map<number, string>();
      for (const event of events) {
        if (event.type !== 'text') continue;
        if (finals.has(event.id)) expect(event).toMatchObject({ final: true, text: finals.get(event.id) });
        if (event.final) finals.set(event.id, event.text);
      }
      // Numbers of turns are never given twice, and everybody who speaks was introduced.
      const introduced = new Set(
        events.flatMap((event) => (event.type === 'speaker' ? [event.speaker] : [])),
      );
      for (const event of events) if (event.type === 'turn') expect(introduced).toContain(event.speaker);
    },
  );

  it('shows two people within 1.25 s of their first words', { timeout: 300_000 }, async () => {
    const events = await listen({ tasks: ['diarize'] }, 3);
    const firstTurns = new Map<string, number>();
    let heardSeconds = 0;
    for (const event of events) {
      if (event.type === 'turn' && !firstTurns.has(event.speaker))
        firstTurns.set(event.speaker, event.endSeconds);
      if (event.type === 'status') heardSeconds = event.heardSeconds;
    }
    expect(heardSeconds).toBeGreaterThan(SECONDS - 2);
    // Told is what ended three quarters of a second before: 0.3 and 3.9 s are the first words of the two.
    expect([...firstTurns.values()]).toEqual([expect.closeTo(0.74, 5), expect.closeTo(4.24, 5)]);
    const { result } = await diarize(
      audioOf([samples.slice()]),
      models.diarization!,
      DEFAULT_TRANSCRIPTION_OPTIONS,
      { now },
    );
    const state = stateOf(events);
    expect(JSON.stringify({ ...state.result, timings: {} })).toBe(JSON.stringify({ ...result, timings: {} }));
  });

  it(
    'leaves work out where the machine cannot follow, says so, and ends alike',
    { timeout: 300_000 },
    async () => {
      // A clock on which everything takes long: the sound is a minute old when it is worked on.
      let seconds = 0;
      const events = await listen({ tasks: ['diarize'] }, 3, () => (seconds += 2));
      const shed = events.flatMap((event) => (event.type === 'status' ? [event.shed ?? []] : []));
      expect(shed.map(({ length }) => length).slice(0, 4)).toEqual([0, 1, 2, 3]);
      const warnings = events.flatMap((event) => (event.type === 'warning' ? [event.code] : []));
      expect(warnings).toEqual(['live_behind', 'live_behind', 'live_behind']);
      const shownUntil = events.flatMap((event) => (event.type === 'status' ? [event.shownSeconds] : []));
      expect(shownUntil.at(-1)).toBeGreaterThan(SECONDS - 4);
      const usual = stateOf(await listen({ tasks: ['diarize'], sheds: false }, 3, () => (seconds += 2)));
      expect(usual.warnings).toEqual([]);
      const ended = ({ result }: ReturnType<typeof stateOf>) => JSON.stringify({ ...result, timings: {} });
      expect(ended(stateOf(events))).toBe(ended(usual));
    },
  );

  it('hears speech begin and end without any other task', { timeout: 60_000 }, async () => {
    const events = await listen({ tasks: ['detect-speech'] }, 5);
    const starts = events.filter((event) => event.type === 'speech' && event.state === 'start');
    expect(starts[0]).toMatchObject({ atSeconds: expect.closeTo(0.45, 1) as number });
    expect(events.at(-1)).toEqual({ type: 'result', result: null, labels: {} });
  });

  it('refuses what cannot be, and ends when it is canceled', async () => {
    const make = (live: Partial<LiveOptions>) =>
      new LiveSession(
        { vad: models.vad, transcription: models, diarization: models.diarization },
        { live: { ...DEFAULT_LIVE_OPTIONS, ...live }, transcription: DEFAULT_TRANSCRIPTION_OPTIONS },
        { now },
      );
    expect(() => make({ latencySeconds: 0.2 })).toThrow('latencySeconds of 0.5 to 10 s');
    expect(() => make({ tasks: ['verify'] })).toThrow('voices');
    const session = make({});
    await session.write(samples.subarray(0, 40_000));
    session.cancel();
    await expect(
      (async () => {
        for await (const event of session.events) expect(event.type).not.toBe('result');
      })(),
    ).rejects.toMatchObject({ code: 'canceled' });
  });
});
