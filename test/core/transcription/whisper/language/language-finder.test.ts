import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openAudio } from '../../../../../core/audio/decode.ts';
import type { Session, SessionOpener } from '../../../../../core/inference/session.ts';
import type { LanguageFinder } from '../../../../../core/transcription/recogniser.ts';
import { anyLengthEncoder } from '../../../../../core/transcription/whisper/language/any-length-encoder.ts';
import { openWhisperLanguageFinder } from '../../../../../core/transcription/whisper/language/open-language-finder.ts';
import { readWhisperConfig } from '../../../../../core/transcription/whisper/open-whisper.ts';
import { embeddedModelsFolder } from '../../../../../models/model-folders.ts';
import { librarySound } from '../../../../support/two-channels.ts';
import { openOnCpu, whisperFiles } from '../../../../support/whisper-stand-in.ts';

const FILES = whisperFiles(join(embeddedModelsFolder(), 'whisper-base-q8'));
const GERMAN = join(import.meta.dirname, '../../../../../samples/tagesordnung-de.wav');

async function german(): Promise<Float32Array> {
  const blocks: number[] = [];
  for await (const block of (await openAudio({ path: GERMAN })).blocks) blocks.push(...block);
  return Float32Array.from(blocks);
}

const english = (seconds: number) => Float32Array.from(librarySound(seconds), (value) => value / 32_768);

describe('an encoder of any length', () => {
  it('gives the bits of the one in the file for 30 s, and a position for two frames of less', async () => {
    const config = await readWhisperConfig(FILES);
    const model = readFileSync(FILES.encoder.path);
    const made = anyLengthEncoder(model, config)!;
    const [whole, short] = await Promise.all([
      openOnCpu(FILES.encoder),
      openOnCpu(FILES.encoder, { form: 'any', make: () => Promise.resolve(made) }),
    ]);
    const run = async (session: Session, frames: number) => {
      const data = Float32Array.from({ length: config.melCount * frames }, (_, i) => Math.sin(i * i));
      return (await session.run({ input_features: { data, dims: [1, config.melCount, frames] } }))
        .last_hidden_state!;
    };
    const bits = async (session: Session) => Buffer.from((await run(session, 3000)).data.buffer);
    // Compared as a whole: taking millions of values apart takes a minute.
    expect((await bits(short)).equals(await bits(whole))).toBe(true);
    expect((await run(short, 1000)).dims).toEqual([1, 500, config.width]);
    await Promise.all([whole.release(), short.release()]);
  });

  it('is nothing where no positions are added', async () => {
    const config = await readWhisperConfig(FILES);
    expect(anyLengthEncoder(readFileSync(FILES.encoder.path), { ...config, width: 384 })).toBeUndefined();
  });
});

describe('a finder of languages', { timeout: 60_000 }, () => {
  const frames: number[] = [];
  /** Notes how many mel frames each run of an encoder takes. */
  const open: SessionOpener = async (model, graph) => {
    const session = await openOnCpu(model, graph);
    const run = session.run.bind(session);
    vi.spyOn(session, 'run').mockImplementation((feeds, fetches) => {
      const count = feeds.input_features?.dims.at(-1);
      if (count !== undefined) frames.push(count);
      return run(feeds, fetches);
    });
    return session;
  };
  let finder: LanguageFinder;
  beforeAll(async () => {
    finder = await openWhisperLanguageFinder(FILES, open);
  });
  afterAll(() => finder.release());

  async function found(sound: Float32Array): Promise<{ language: string; frames: number[] }> {
    frames.length = 0;
    const { language, probability } = await finder.findLanguage(sound);
    expect(probability).toBeGreaterThan(0);
    expect(probability).toBeLessThanOrEqual(1);
    return { language, frames: [...frames] };
  }

  it('tells by its beginning and its end where these agree', async () => {
    expect(await found(english(30))).toEqual({ language: 'en', frames: [1000, 1000] });
    expect(await found(english(3))).toEqual({ language: 'en', frames: [1000] });
    expect((await found(await german())).language).toBe('de');
  });

  it('listens to all of it where they do not', async () => {
    const noise = Float32Array.from({ length: 480_000 }, (_, i) => Math.sin(i * i) * 0.1);
    expect((await found(noise)).frames).toEqual([1000, 1000, 3000]);
  });

  it('tells of a change of language', async () => {
    const both = new Float32Array(480_000);
    both.set((await german()).subarray(0, 240_000));
    both.set(english(15), 240_000);
    const { language, others } = await finder.findLanguage(both);
    expect([language, ...(others ?? [])].sort()).toEqual(['de', 'en']);
  });

  it('is the recogniser itself where the graphs cannot be put into its form', async () => {
    const asTheyAre: SessionOpener = (model, graph) =>
      openOnCpu(model, graph && { ...graph, make: () => Promise.resolve(undefined) });
    const whole = await openWhisperLanguageFinder(FILES, asTheyAre);
    expect(whole).toHaveProperty('capabilities');
    await whole.release();
  });
});
