import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openOnnxSession } from '../../../../core/inference/onnx-session.ts';
import type { Session, SessionOpener } from '../../../../core/inference/session.ts';
import { openMoonshine } from '../../../../core/transcription/moonshine/open-moonshine.ts';
import type { MoonshineRecogniser } from '../../../../core/transcription/moonshine/moonshine.ts';
import { DEFAULT_RECOGNITION_OPTIONS, requireCapability } from '../../../../core/transcription/recogniser.ts';
import { decodeWithFfmpeg } from '../../../support/decode.ts';
import { MOONSHINE_FILES, openEmbeddedMoonshine } from '../../../support/moonshine.ts';
import { noise } from '../../../support/signals.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const sample = join(import.meta.dirname, '../../../../samples/library.wav');
const openHere: SessionOpener = (model, graph) => openOnnxSession(model, { provider: 'cpu', graph });
let recogniser: MoonshineRecogniser;
let speech: Float32Array;

beforeAll(async () => {
  recogniser = await openEmbeddedMoonshine();
  // "Good morning. Shall we start with the budget for the new library?"
  speech = decodeWithFfmpeg(sample).subarray(0, 16_000 * 3.7);
});

afterAll(() => recogniser.release());

describe('MoonshineRecogniser', () => {
  it('times words in order and inside the piece, each with a confidence', async () => {
    const [recognition] = await recogniser.recognise([speech], DEFAULT_RECOGNITION_OPTIONS);
    const { words, text } = recognition!.segments[0]!;
    expect(text).toBe('Good morning, shall we start with the budget for the new library?');
    expect(words.map((word) => word.text).join(' ')).toBe(text);
    words.forEach((word, index) => {
      expect(word.startSeconds).toBeGreaterThanOrEqual(words[index - 1]?.startSeconds ?? 0);
      expect(word.endSeconds).toBeGreaterThan(word.startSeconds);
      expect(word.endSeconds).toBeLessThanOrEqual(3.7);
      expect(word.confidence).toBeGreaterThan(0);
      expect(word.confidence).toBeLessThanOrEqual(1);
    });
    expect(recognition).toMatchObject({ language: 'en', warnings: [] });
  });

  it('gives each piece what it gives it alone', async () => {
    const pieces = [speech, speech.subarray(8000), new Float32Array(16_000)];
    const together = await recogniser.recognise(pieces, DEFAULT_RECOGNITION_OPTIONS);
    for (const [index, piece] of pieces.entries()) {
      expect(await recogniser.recognise([piece], DEFAULT_RECOGNITION_OPTIONS)).toEqual([together[index]]);
    }
  });

  it('takes any length, from a single sample on, silence and noise', async () => {
    const pieces = [1, 100, 1599, 1600, 4000].map((length) => new Float32Array(length));
    const recognitions = await recogniser.recognise(
      [...pieces, noise(16_000, { amplitude: 0.3 })],
      DEFAULT_RECOGNITION_OPTIONS,
    );
    expect(recognitions).toHaveLength(6);
    for (const { segments } of recognitions) {
      for (const word of segments.flatMap((segment) => segment.words)) {
        expect(word.endSeconds).toBeGreaterThanOrEqual(word.startSeconds);
      }
    }
  });

  it('leaves words untimed where nobody asks for times', async () => {
    const options = { ...DEFAULT_RECOGNITION_OPTIONS, wordTimes: false };
    const [recognition] = await recogniser.recognise([speech], options);
    expect(recognition!.segments).toMatchObject([{ startSeconds: 0, endSeconds: 3.7, words: [] }]);
    expect(recognition!.warnings).toEqual([]);
  });

  it('warns and times only the segment where the graph shows no attentions', async () => {
    const blind: SessionOpener = async (model) => withoutAttentions(await openHere(model));
    const without = await openEmbeddedMoonshine(blind);
    expect(without.capabilities.hasWordTimes).toBe(false);
    const [recognition] = await without.recognise([speech], DEFAULT_RECOGNITION_OPTIONS);
    expect(recognition).toMatchObject({
      segments: [{ words: [], startSeconds: 0, endSeconds: 3.7 }],
      warnings: [{ code: 'word_times_unavailable' }],
    });
    await without.release();
  });

  it('refuses a vocabulary of another model and one that is missing', async () => {
    const vocabularyPath = join(temporaryFolder(), 'vocab.json');
    await expect(openMoonshine({ ...MOONSHINE_FILES, vocabularyPath }, openHere)).rejects.toMatchObject({
      code: 'model_missing',
    });
    await writeFile(vocabularyPath, JSON.stringify(['<unk>', '<s>', '</s>', '▁a']));
    const wrong = await openMoonshine({ ...MOONSHINE_FILES, vocabularyPath }, openHere);
    await expect(wrong.recognise([speech], DEFAULT_RECOGNITION_OPTIONS)).rejects.toMatchObject({
      code: 'model_shape_mismatch',
    });
    await wrong.release();
  });

  it('refuses a decoder that is none', async () => {
    const { encoder } = MOONSHINE_FILES;
    await expect(openMoonshine({ ...MOONSHINE_FILES, decoder: encoder }, openHere)).rejects.toMatchObject({
      code: 'model_shape_mismatch',
    });
  });

  it('stops when it is told to', async () => {
    const signal = AbortSignal.abort();
    await expect(
      recogniser.recognise([speech], { ...DEFAULT_RECOGNITION_OPTIONS, signal }),
    ).rejects.toMatchObject({ code: 'canceled' });
  });

  it('knows English and no translation', () => {
    expect(() => requireCapability(recogniser, { language: 'en', task: 'transcribe' })).not.toThrow();
    expect(() => requireCapability(recogniser, { language: 'de', task: 'transcribe' })).toThrow(
      expect.objectContaining({ code: 'invalid_option' }),
    );
    expect(() => requireCapability(recogniser, { language: null, task: 'translate' })).toThrow(
      expect.objectContaining({ code: 'invalid_option' }),
    );
  });
});

function withoutAttentions(session: Session): Session {
  return {
    model: session.model,
    provider: session.provider,
    concurrency: session.concurrency,
    inputNames: session.inputNames,
    outputNames: session.outputNames.filter((name) => !name.startsWith('cross_attentions')),
    warnings: session.warnings,
    run: (feeds, fetches) => session.run(feeds, fetches),
    release: () => session.release(),
  };
}
