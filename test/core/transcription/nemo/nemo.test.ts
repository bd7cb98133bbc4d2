import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_NEMO_OPTIONS } from '../../../../core/transcription/nemo/nemo.ts';
import { openNemo } from '../../../../core/transcription/nemo/open-nemo.ts';
import { DEFAULT_RECOGNITION_OPTIONS, type Recognition } from '../../../../core/transcription/recogniser.ts';
import { nemoFiles } from '../../../support/nemo-stand-in.ts';
import { goldenFolders, goldenPath } from '../../../support/recogniser-goldens.ts';
import { noise } from '../../../support/signals.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { openOnCpu } from '../../../support/whisper-stand-in.ts';

const models = goldenFolders('nemo').map((model) => ({ model, folder: goldenPath(`nemo/${model}`)! }));
const pieces = [
  noise(80_000, { seed: 1, amplitude: 0.3 }),
  noise(33_000, { seed: 2, amplitude: 0.3 }),
  new Float32Array(100),
];

describe.each(models)('NemoRecogniser, $model', ({ folder }) => {
  it('gives words in order, inside their piece, that make up the text', async () => {
    const recogniser = await openNemo(nemoFiles(folder), openOnCpu);
    const recognitions = await recogniser.recognise(pieces, DEFAULT_RECOGNITION_OPTIONS);
    recognitions.forEach(({ segments, language }, index) => {
      expect(language).toBe('en');
      for (const segment of segments) {
        expect(segment.words.map(({ text }) => text).join(' ')).toBe(segment.text);
        let previous = 0;
        for (const { startSeconds, endSeconds, confidence } of segment.words) {
          expect(startSeconds).toBeGreaterThanOrEqual(previous);
          expect(endSeconds).toBeGreaterThanOrEqual(startSeconds);
          expect(endSeconds).toBeLessThanOrEqual(pieces[index]!.length / 16_000);
          expect(confidence).toBeGreaterThan(0);
          expect(confidence).toBeLessThanOrEqual(1);
          previous = startSeconds;
        }
      }
    });
    await recogniser.release();
  });

  it('writes the same for a piece alone and in a batch', async () => {
    const recogniser = await openNemo(nemoFiles(folder), openOnCpu, {
      ...DEFAULT_NEMO_OPTIONS,
      batchSize: 3,
    });
    expect(recogniser.capabilities.batchSize).toBe(3);
    const together = await recogniser.recognise(pieces, DEFAULT_RECOGNITION_OPTIONS);
    const alone: Recognition[] = [];
    for (const piece of pieces)
      alone.push((await recogniser.recognise([piece], DEFAULT_RECOGNITION_OPTIONS))[0]!);
    const written = (recognition: Recognition) =>
      recognition.segments.flatMap(({ words }) =>
        words.map(({ text, startSeconds }) => [text, startSeconds]),
      );
    expect(together.map(written)).toEqual(alone.map(written));
    await recogniser.release();
  });

  it('leaves words out where they are not asked for', async () => {
    const recogniser = await openNemo(nemoFiles(folder), openOnCpu);
    const options = { ...DEFAULT_RECOGNITION_OPTIONS, wordTimes: false };
    const [recognition] = await recogniser.recognise([pieces[0]!], options);
    expect(recognition!.segments[0]!.text).not.toBe('');
    expect(recognition!.segments[0]!.words).toEqual([]);
    expect(await recogniser.recognise([], options)).toEqual([]);
    await recogniser.release();
  });
});

function changedFolder(folder: string, name: string, change: (text: string) => string): string {
  const copy = temporaryFolder();
  cpSync(folder, copy, { recursive: true });
  writeFileSync(join(copy, name), change(readFileSync(join(folder, name), 'utf8')));
  return copy;
}

describe('openNemo', () => {
  const ctc = goldenPath('nemo/ctc-a')!;
  const rnnt = goldenPath('nemo/rnnt-a')!;
  const refused = { code: 'model_shape_mismatch' };

  it.each([
    ['a vocabulary without a blank', 'vocab.txt', (text: string) => text.replace('<blk>', 'blank')],
    ['a vocabulary with a hole', 'vocab.txt', (text: string) => text.replace('s 4\n', '')],
    ['a vocabulary with an id twice', 'vocab.txt', (text: string) => text.replace('s 4', 's 5')],
    ['a line without an id', 'vocab.txt', (text: string) => text.replace('s 4', 's')],
    ['a configuration that is no JSON', 'config.json', () => 'model_type: ctc'],
    ['a family that it does not know', 'config.json', () => '{"model_type": "nemo-conformer-aed"}'],
    ['an odd number of mel bins', 'config.json', () => '{"features_size": 64}'],
    ['a transducer without its decoder', 'config.json', () => '{"model_type": "nemo-conformer-tdt"}'],
  ])('refuses %s', async (_, name, change) => {
    const changed = changedFolder(ctc, name, change);
    await expect(openNemo(nemoFiles(changed), openOnCpu)).rejects.toMatchObject(refused);
  });

  const withOneMore = (text: string) => text.replace('<blk> 24', 'x 24\n<blk> 25');

  it('refuses a vocabulary of the wrong size at the first piece of a CTC model', async () => {
    const changed = changedFolder(ctc, 'vocab.txt', withOneMore);
    const recogniser = await openNemo(nemoFiles(changed), openOnCpu);
    const recognising = recogniser.recognise([pieces[0]!], DEFAULT_RECOGNITION_OPTIONS);
    await expect(recognising).rejects.toMatchObject(refused);
    await recogniser.release();
  });

  it.each([
    ['vocabulary of the wrong size', 'vocab.txt', withOneMore],
    ['decoder of the other kind', 'config.json', () => '{"model_type": "nemo-conformer-tdt"}'],
    ['decoder that is no graph', 'decoder_joint-model.onnx', () => 'PK'],
  ])('refuses a transducer with a %s', async (_, name, change) => {
    const changed = changedFolder(rnnt, name, change);
    await expect(openNemo(nemoFiles(changed), openOnCpu)).rejects.toMatchObject(refused);
  });

  it('misses files', async () => {
    const copy = temporaryFolder();
    cpSync(rnnt, copy, { recursive: true });
    const files = nemoFiles(copy);
    rmSync(join(copy, 'decoder_joint-model.onnx'));
    await expect(openNemo(files, openOnCpu)).rejects.toMatchObject({ code: 'model_missing' });
    rmSync(join(copy, 'vocab.txt'));
    await expect(openNemo(files, openOnCpu)).rejects.toMatchObject({ code: 'model_missing' });
  });

  it('stops when it is told to', async () => {
    const recogniser = await openNemo(nemoFiles(rnnt), openOnCpu);
    const signal = AbortSignal.abort();
    await expect(
      recogniser.recognise([pieces[0]!], { ...DEFAULT_RECOGNITION_OPTIONS, signal }),
    ).rejects.toMatchObject({ code: 'canceled' });
    await recogniser.release();
  });
});
