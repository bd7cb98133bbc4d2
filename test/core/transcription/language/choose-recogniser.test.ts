import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { join } from 'node:path';
import { openAudio } from '../../../../core/audio/decode.ts';
import type { Session } from '../../../../core/inference/session.ts';
import { chooseRecogniser } from '../../../../core/transcription/language/choose-recogniser.ts';
import { LanguageChanges } from '../../../../core/transcription/language/language-changes.ts';
import {
  DEFAULT_RECOGNITION_OPTIONS,
  type Recogniser,
  type RecognitionOptions,
} from '../../../../core/transcription/recogniser.ts';
import { openSilero } from '../../../../core/vad/open-silero.ts';
import { SILERO_MODEL } from '../../../support/silero-session.ts';

const GERMAN = join(import.meta.dirname, '../../../../samples/tagesordnung-de.wav');

function recogniserOf(id: string, languages: readonly string[]): Recogniser {
  return {
    id,
    provider: 'cpu',
    capabilities: {
      languages,
      detectsLanguage: languages.length > 1,
      hasWordTimes: true,
      maxPieceSeconds: 15,
      tasks: ['transcribe'],
      batchSize: 1,
      concurrency: 1,
    },
    recognise: () => Promise.resolve([]),
    release: () => Promise.resolve(),
  };
}

describe('chooseRecogniser', () => {
  let vad: Session;
  beforeAll(async () => {
    vad = await openSilero(SILERO_MODEL);
  });
  afterAll(() => vad.release());

  const english = recogniserOf('english', ['en']);
  const every = recogniserOf('every', ['en', 'de']);

  async function choose(
    language: string,
    options: Partial<RecognitionOptions> = {},
    { silent = false, probability = 0.9 } = {},
  ) {
    const findLanguage = vi.fn((_sound: Float32Array) => Promise.resolve({ language, probability }));
    const multilingual = { findLanguage, open: () => Promise.resolve(every) };
    const blocks = silent ? silence() : (await openAudio({ path: GERMAN })).blocks;
    const models = { recogniser: english, multilingual, vad };
    const choice = await chooseRecogniser(blocks, models, { ...DEFAULT_RECOGNITION_OPTIONS, ...options });
    let sampleCount = 0;
    for await (const block of choice.blocks) sampleCount += block.length;
    return { ...choice, id: choice.recogniser.id, sampleCount, findLanguage };
  }

  it('lets the own recogniser write its language, the other one all else, from the beginning', async () => {
    const samples = 19_177_250 * 16e-3;
    for (const [language, id] of [
      ['en', 'english'],
      ['de', 'every'],
    ] as const) {
      const chosen = await choose(language);
      expect(chosen).toMatchObject({ id, language });
      expect(Math.abs(chosen.sampleCount - samples)).toBeLessThan(20);
      expect(chosen.findLanguage).toHaveBeenCalledTimes(1);
      // Nearly all of it is speech.
      expect(chosen.findLanguage.mock.calls[0]![0].length).toBeGreaterThan(14 * 16_000);
    }
  });

  it('does not ask where the language is given, or is to be found for every piece', async () => {
    expect(await choose('de', { language: 'en' })).toMatchObject({ id: 'english', language: 'en' });
    const mixed = await choose('de', { languagePerPiece: true });
    expect(mixed).toMatchObject({ id: 'english', language: null });
    expect(mixed.findLanguage).not.toHaveBeenCalled();
  });

  it('says when the language is a guess, and only then', async () => {
    const guessed = await choose('de', {}, { probability: 0.45 });
    expect(guessed).toMatchObject({ id: 'every', language: 'de' });
    expect(guessed.warnings).toEqual([
      { code: 'language_unsure', message: expect.stringContaining('taken for de (probability 0.45)') },
    ]);
    expect((await choose('de')).warnings).toEqual([]);
    expect((await choose('de', { language: 'de' }, { probability: 0.1 })).warnings).toEqual([]);
  });

  it('takes what is there for a recording without speech', async () => {
    const chosen = await choose('de', {}, { silent: true });
    expect(chosen).toMatchObject({ id: 'english', language: null, sampleCount: 64_000 });
    expect(chosen.findLanguage).not.toHaveBeenCalled();
  });
});

async function* silence(): AsyncGenerator<Float32Array, void, undefined> {
  for (let second = 0; second < 4; second++) yield await Promise.resolve(new Float32Array(16_000));
}

describe('LanguageChanges', () => {
  const heard = (language: string, probability: number, written = 'en') => ({
    segments: [],
    warnings: [],
    language: written,
    heardLanguage: { language, probability },
  });

  it('tells of long parts that clearly sound otherwise', () => {
    const changes = new LanguageChanges();
    changes.add(heard('en', 0.99), 25);
    changes.add(heard('la', 0.4), 25);
    changes.add(heard('cy', 0.95), 2);
    expect(changes.warnings()).toEqual([]);
    changes.addOthers(['nl'], 'en');
    changes.add(heard('de', 0.95), 25);
    const [warning] = changes.warnings();
    expect(warning?.code).toBe('language_changes');
    expect(warning?.message).toMatch(/sound like nl, de, but were written down as en/);
  });
});
