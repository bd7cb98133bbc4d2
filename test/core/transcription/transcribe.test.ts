import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAudio } from '../../../core/audio/decode.ts';
import { cpWordError } from '../../../core/metrics/words/speaker-attributed-word-error.ts';
import { normaliseEnglish } from '../../../core/metrics/text/text-normaliser-english.ts';
import type { RecognisedSegment } from '../../../core/transcription/recogniser.ts';
import {
  DEFAULT_TRANSCRIPTION_OPTIONS,
  transcribe,
  type TranscribeProgress,
} from '../../../core/transcription/transcribe.ts';
import type { TranscriptionModels } from '../../../core/transcription/transcription-models.ts';
import { openEmbeddedTranscription, transcribeFile } from '../../support/embedded-transcription.ts';
import { noise } from '../../support/signals.ts';

const LIBRARY = join(import.meta.dirname, '../../../samples/library.wav');
const LIBRARY_WORDS = LIBRARY.replace('.wav', '.seglst.json');
let models: TranscriptionModels;

beforeAll(async () => {
  models = await openEmbeddedTranscription();
});

afterAll(() => models.release());

const now = () => 0;

describe('transcribe', () => {
  it('writes down who said what in the sample, cpWER at most 9 %', { timeout: 300_000 }, async () => {
    const texts: RecognisedSegment[] = [];
    const progress: TranscribeProgress[] = [];
    const { result, diarization } = await transcribeFile(
      LIBRARY,
      models,
      {},
      {
        onText: (text) => texts.push(text),
        onProgress: (step) => progress.push(step),
      },
    );
    const reference = JSON.parse(readFileSync(LIBRARY_WORDS, 'utf8')) as readonly {
      speaker: string;
      start_time: number;
      end_time: number;
      words: string;
    }[];
    const words = (text: string) => normaliseEnglish(text).split(' ').filter(Boolean);
    const { errorRate } = cpWordError(
      reference.map((spoken) => ({
        speaker: spoken.speaker,
        startSeconds: spoken.start_time,
        endSeconds: spoken.end_time,
        words: words(spoken.words),
      })),
      result.utterances.map((spoken) => ({
        ...spoken,
        speaker: spoken.speaker ?? 'nobody',
        words: words(spoken.text),
      })),
    );
    expect(errorRate).toBeLessThanOrEqual(0.09);
    expect(result.speakers).toHaveLength(2);
    expect(result).toMatchObject({ language: 'en', provider: 'cpu' });
    expect(result.models.map(({ id }) => id)).toContain('moonshine-tiny');
    expect(diarization!.result.turns).toEqual(result.turns);

    // Every word was given out while the recording was still being heard, once and in order.
    expect(texts.flatMap((text) => text.words).map(({ text }) => text)).toEqual(
      result.words.map(({ text }) => text),
    );
    const heard = progress.map(({ done }) => done);
    expect(heard.at(-1)).toBe(result.durationSeconds);
    expect(heard).toEqual(heard.toSorted((a, b) => a - b));
  });

  it('keeps words, utterances and pauses in agreement', { timeout: 300_000 }, async () => {
    const { result } = await transcribeFile(LIBRARY, models, { diarize: false, pauseSeconds: 0.4 });
    expect(result.utterances.flatMap((utterance) => utterance.words)).toEqual(result.words);
    for (const { afterWord, startSeconds, endSeconds } of result.pauses) {
      expect(endSeconds - startSeconds).toBeGreaterThanOrEqual(0.4);
      expect(result.words[afterWord]!.endSeconds).toBe(startSeconds);
      expect(result.words[afterWord + 1]!.startSeconds).toBe(endSeconds);
    }
    expect(result.pauses.length).toBeGreaterThan(5);
    expect(result).toMatchObject({ speakers: [], turns: [], exclusiveTurns: [] });
    expect(result.words.every(({ speaker }) => speaker === null)).toBe(true);
  });

  it.each([
    ['silence', new Float32Array(48_000)],
    ['a single sample', new Float32Array(1)],
    ['noise', noise(48_000, { amplitude: 0.3 })],
  ])('makes an empty transcript of %s, with a warning', async (_, samples) => {
    for (const diarize of [true, false]) {
      const audio = await openAudio({ samples, sampleRate: 16_000 });
      const { result } = await transcribe(
        audio,
        models,
        { ...DEFAULT_TRANSCRIPTION_OPTIONS, diarize },
        { now },
      );
      expect(result).toMatchObject({ utterances: [], words: [], pauses: [] });
      expect(result.warnings.map(({ code }) => code)).toContain('no_speech');
    }
  });

  it('warns of clips that begin after the end', async () => {
    const codesWith = async (startSeconds: number): Promise<string[]> => {
      const audio = await openAudio({ samples: new Float32Array(48_000), sampleRate: 16_000 });
      const clips = [{ startSeconds, endSeconds: Infinity }];
      const options = { ...DEFAULT_TRANSCRIPTION_OPTIONS, diarize: false, clips };
      const { result } = await transcribe(audio, models, options, { now });
      return result.warnings.map(({ code }) => code);
    };
    expect(await codesWith(3)).toContain('clip_beyond_end');
    expect(await codesWith(2.9)).not.toContain('clip_beyond_end');
  });

  it('refuses a language that the recogniser lacks before it reads any audio', async () => {
    let closed = false;
    const audio = {
      blocks: (async function* () {
        yield await Promise.reject<Float32Array>(new Error('was read'));
      })(),
      expectedSeconds: undefined,
      sourceSampleRate: 16_000,
      sourceChannels: 1,
      close: () => {
        closed = true;
        return Promise.resolve();
      },
    };
    const options = { ...DEFAULT_TRANSCRIPTION_OPTIONS, language: 'tlh' };
    await expect(transcribe(audio, models, options, { now })).rejects.toMatchObject({
      code: 'invalid_option',
    });
    expect(closed).toBe(true);
  });

  it(
    'stops soon after it is told to, and a broken recording stops both sides',
    { timeout: 300_000 },
    async () => {
      const stop = new AbortController();
      const stopping = transcribeFile(
        LIBRARY,
        models,
        {},
        { signal: stop.signal, onText: () => stop.abort() },
      );
      await expect(stopping).rejects.toMatchObject({ code: 'canceled' });

      const broken = {
        blocks: (async function* () {
          for (let second = 0; second < 30; second++) yield noise(16_000, { seed: second + 1 });
          await Promise.reject(new Error('broken'));
        })(),
        expectedSeconds: undefined,
        sourceSampleRate: 16_000,
        sourceChannels: 1,
        close: () => Promise.resolve(),
      };
      await expect(transcribe(broken, models, DEFAULT_TRANSCRIPTION_OPTIONS, { now })).rejects.toThrow(
        'broken',
      );
    },
  );

  it('refuses a recording without a single sample', async () => {
    const audio = await openAudio({ samples: new Float32Array(1), sampleRate: 16_000 });
    const nothing: AsyncIterable<Float32Array> = (async function* () {
      yield* await Promise.resolve([]);
    })();
    const empty = { ...audio, blocks: nothing };
    for (const diarize of [true, false]) {
      await expect(
        transcribe(empty, models, { ...DEFAULT_TRANSCRIPTION_OPTIONS, diarize }, { now }),
      ).rejects.toMatchObject({ code: 'audio_too_short' });
    }
    await audio.close();
  });
});
