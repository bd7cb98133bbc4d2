import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Session, SessionOpener } from '../../../../core/inference/session.ts';
import { DEFAULT_RECOGNITION_OPTIONS, type Recognition } from '../../../../core/transcription/recogniser.ts';
import { openWhisper } from '../../../../core/transcription/whisper/open-whisper.ts';
import type { WhisperRecogniser } from '../../../../core/transcription/whisper/whisper.ts';
import { goldenPath } from '../../../support/recogniser-goldens.ts';
import { noise } from '../../../support/signals.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { openOnCpu, whisperFiles } from '../../../support/whisper-stand-in.ts';

const folder = goldenPath('whisper/model-a/encoder_model.onnx')?.replace('/encoder_model.onnx', '');
const OPTIONS = { ...DEFAULT_RECOGNITION_OPTIONS, language: 'en' };

/** As an export that is no `*_timestamped` one. */
const openWithoutAttentions: SessionOpener = async (model) => {
  const session = await openOnCpu(model);
  const { provider, concurrency, inputNames, warnings } = session;
  const outputNames = session.outputNames.filter((name) => !name.startsWith('cross_attentions'));
  const hidden: Session = {
    model,
    provider,
    concurrency,
    inputNames,
    outputNames,
    warnings,
    run: (feeds, fetches = outputNames) => session.run(feeds, fetches),
    release: () => session.release(),
  };
  return hidden;
};

describe.skipIf(folder === undefined)('WhisperRecogniser', () => {
  let recogniser: WhisperRecogniser;
  const pieces = [noise(160_000, { seed: 1, amplitude: 0.3 }), noise(40_000, { seed: 2, amplitude: 0.3 })];

  beforeAll(async () => {
    recogniser = await openWhisper(whisperFiles(folder!), openOnCpu);
  });
  afterAll(() => recogniser.release());

  it('says what the model can do', () => {
    expect(recogniser.capabilities).toEqual({
      languages: ['en', 'zh', 'de', 'es'],
      detectsLanguage: true,
      hasWordTimes: true,
      maxPieceSeconds: 30,
      tasks: ['transcribe', 'translate'],
      packsPieces: true,
      batchSize: 1,
      firstBatchSize: 1,
      concurrency: 1,
    });
  });

  it('gives the same for a piece alone and in company', async () => {
    const together = await recogniser.recognise(pieces, OPTIONS);
    const alone: Recognition[] = [];
    for (const piece of pieces) alone.push((await recogniser.recognise([piece], OPTIONS))[0]!);
    expect(together).toEqual(alone);
  });

  it('keeps words in order and inside their piece', async () => {
    const [recognition] = await recogniser.recognise([pieces[0]!], OPTIONS);
    const words = recognition!.segments.flatMap((segment) => segment.words);
    expect(words.length).toBeGreaterThan(0);
    for (const [index, word] of words.entries()) {
      expect(word.startSeconds).toBeGreaterThanOrEqual(words[index - 1]?.startSeconds ?? 0);
      expect(word.endSeconds).toBeGreaterThanOrEqual(word.startSeconds);
      expect(word.endSeconds).toBeLessThanOrEqual(10);
      expect(word.text).toBe(word.text.trim());
    }
  });

  it('finds out the language where none is given', async () => {
    const [recognition] = await recogniser.recognise([pieces[0]!], { ...OPTIONS, language: null });
    expect(recogniser.capabilities.languages).toContain(recognition!.language);
  });

  it('takes a prompt, and no sound at all', async () => {
    const [prompted] = await recogniser.recognise([pieces[1]!], { ...OPTIONS, prompt: 'the cat' });
    expect(prompted!.language).toBe('en');
    const [nothing] = await recogniser.recognise([new Float32Array()], OPTIONS);
    expect(nothing!.segments).toEqual([]);
  });

  it('stops when it is told to', async () => {
    const signal = AbortSignal.abort();
    await expect(recogniser.recognise(pieces, { ...OPTIONS, signal })).rejects.toMatchObject({
      code: 'canceled',
    });
  });

  it('times segments and warns where the graph shows no attentions', async () => {
    const blind = await openWhisper(whisperFiles(folder!), openWithoutAttentions);
    expect(blind.capabilities.hasWordTimes).toBe(false);
    const [recognition] = await blind.recognise([pieces[0]!], OPTIONS);
    expect(recognition!.warnings.map(({ code }) => code)).toEqual(['word_times_unavailable']);
    expect(recognition!.segments.length).toBeGreaterThan(0);
    expect(recognition!.segments.flatMap(({ words }) => words)).toEqual([]);
    await blind.release();
  });
});

/** The model folder with one file changed. */
function changedFolder(name: string, change: (text: string) => string): string {
  const copy = temporaryFolder();
  cpSync(folder!, copy, { recursive: true, filter: (source) => !source.endsWith('.npy') });
  writeFileSync(join(copy, name), change(readFileSync(join(folder!, name), 'utf8')));
  return copy;
}

const withField =
  (field: string, value: unknown) =>
  (json: string): string =>
    JSON.stringify({ ...(JSON.parse(json) as object), [field]: value });

describe.skipIf(folder === undefined)('openWhisper', () => {
  it.each([
    ['a vocabulary of another size', 'config.json', withField('vocab_size', 1000)],
    ['more layers than the graph has', 'config.json', withField('decoder_layers', 4)],
    ['fewer layers than the graph has', 'config.json', withField('decoder_layers', 1)],
    ['an unknown number of mel bins', 'config.json', withField('num_mel_bins', 40)],
    ['heads of another model', 'generation_config.json', withField('alignment_heads', [[7, 3]])],
    ['a configuration that is no JSON', 'config.json', () => '<html>'],
    ['a tokenizer without control tokens', 'tokenizer.json', withField('added_tokens', [])],
    ['a tokenizer cut short', 'tokenizer.json', (text: string) => text.slice(0, 1000)],
    ['a tokenizer of another kind', 'tokenizer.json', withField('model', { vocab: { '▁the': 0 } })],
    ['a decoder that is no graph', 'decoder_model_merged.onnx', () => 'PK'],
  ])('refuses %s', async (_, name, change) => {
    const changed = changedFolder(name, change);
    await expect(openWhisper(whisperFiles(changed), openOnCpu)).rejects.toMatchObject({
      code: 'model_shape_mismatch',
    });
  });

  it('refuses an encoder of another width at the first piece', async () => {
    const changed = changedFolder('config.json', withField('max_source_positions', 750));
    const recogniser = await openWhisper(whisperFiles(changed), openOnCpu);
    await expect(
      recogniser.recognise([noise(16_000, { seed: 1, amplitude: 0.3 })], OPTIONS),
    ).rejects.toMatchObject({
      code: 'model_shape_mismatch',
    });
    await recogniser.release();
  });

  it.each(['tokenizerPath', 'configPath', 'generationConfigPath'])('misses %s', async (file) => {
    const files = { ...whisperFiles(folder!), [file]: '/nowhere' };
    await expect(openWhisper(files, openOnCpu)).rejects.toMatchObject({ code: 'model_missing' });
  });

  it('refuses a decoder without its later steps', async () => {
    const { decoderWithPast: _, ...files } = whisperFiles(folder!, 'pair');
    await expect(openWhisper(files, openOnCpu)).rejects.toMatchObject({ code: 'model_shape_mismatch' });
  });
});
