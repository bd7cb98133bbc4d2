import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCtcDictionary } from '../../../../core/transcription/forced-alignment/ctc-dictionary.ts';
import { openCtcAligner } from '../../../../core/transcription/forced-alignment/open-ctc-aligner.ts';
import { noise } from '../../../support/signals.ts';
import { openOnCpu } from '../../../support/whisper-stand-in.ts';

const folder = join(import.meta.dirname, '../../../golden/transcription-graphs/ctc-aligner');
const FILES = {
  model: {
    id: 'ctc-stand-in',
    path: join(folder, 'model.onnx'),
    inputs: ['input_values'],
    outputs: ['logits'],
  },
  vocabularyPath: join(folder, 'vocab.json'),
  languages: ['en'],
};
const segment = (text: string, startSeconds: number, endSeconds: number) => ({
  text,
  startSeconds,
  endSeconds,
  words: [],
});

describe('openCtcAligner', () => {
  it('opens a graph that puts every word inside its segment, numbers and emoji too', async () => {
    const aligner = await openCtcAligner(FILES, openOnCpu);
    const segments = [segment('Hello 42 worlds 🙂', 0, 2), segment('مرحبا', 2.5, 3.5)];
    const aligned = await aligner.align(noise(64_000, { seed: 1, amplitude: 0.3 }), segments, {
      language: 'en',
    });
    expect(aligned.warnings).toEqual([]);
    expect(aligned.segments.map(({ words }) => words.map(({ text }) => text))).toEqual([
      ['Hello', '42', 'worlds', '🙂'],
      ['مرحبا'],
    ]);
    aligned.segments.forEach(({ words }, index) => {
      for (const word of words) {
        expect(word.startSeconds).toBeGreaterThanOrEqual(segments[index]!.startSeconds);
        expect(word.endSeconds).toBeLessThanOrEqual(segments[index]!.endSeconds + 1e-9);
        expect(word.confidence).toBeGreaterThan(0);
      }
    });
    await aligner.release();
  });

  it('keeps segments that it cannot align, with a warning', async () => {
    const aligner = await openCtcAligner(FILES, openOnCpu);
    const segments = [
      segment('far too many letters', 0, 0.1),
      segment('behind the end', 9, 10),
      segment(' ', 0, 1),
    ];
    const aligned = await aligner.align(noise(16_000, { seed: 1, amplitude: 0.3 }), segments, {
      language: 'en',
    });
    expect(aligned.segments).toEqual(segments);
    expect(aligned.warnings.map(({ code }) => code)).toEqual(['alignment_failed']);
    await aligner.release();
  });

  it('misses its vocabulary', async () => {
    const files = { ...FILES, vocabularyPath: '/nowhere' };
    await expect(openCtcAligner(files, openOnCpu)).rejects.toMatchObject({ code: 'model_missing' });
  });
});

describe('parseCtcDictionary', () => {
  it('knows the blank by its name', () => {
    expect(parseCtcDictionary('{"A": 0, "<pad>": 7}', 'model')).toEqual({
      labels: new Map([
        ['a', 0],
        ['<pad>', 7],
      ]),
      blank: 7,
    });
  });

  it.each(['', '[]', '{}', '{"a": "b"}', '{"a": -1}', '{"a": 1e300}', 'null'])('refuses %s', (json) => {
    expect(() => parseCtcDictionary(json, 'model')).toThrow('vocab.json of model');
  });
});
