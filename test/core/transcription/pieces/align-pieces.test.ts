import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Aligner } from '../../../../core/transcription/forced-alignment/aligner.ts';
import { openCtcAligner } from '../../../../core/transcription/forced-alignment/open-ctc-aligner.ts';
import { alignRecognition } from '../../../../core/transcription/pieces/align-pieces.ts';
import { recognisePieces } from '../../../../core/transcription/pieces/recognise-pieces.ts';
import {
  DEFAULT_RECOGNITION_OPTIONS,
  type RecognisedSegment,
  type Recogniser,
  type RecognitionOptions,
} from '../../../../core/transcription/recogniser.ts';
import type { SpeechPiece } from '../../../../core/transcription/pieces/split-speech.ts';
import { noise } from '../../../support/signals.ts';
import { openOnCpu } from '../../../support/whisper-stand-in.ts';

const folder = join(import.meta.dirname, '../../../golden/transcription-graphs/ctc-aligner');
const TENSORS = { inputs: ['input_values'], outputs: ['logits'] };
const model = { id: 'ctc-stand-in', path: join(folder, 'model.onnx'), ...TENSORS };

let aligner: Aligner;
beforeAll(async () => {
  aligner = await openCtcAligner(
    { model, vocabularyPath: join(folder, 'vocab.json'), languages: ['en'] },
    openOnCpu,
  );
});
afterAll(() => aligner.release());

const samples = noise(64_000, { seed: 1, amplitude: 0.3 });
const piece: SpeechPiece = {
  startSample: 160_000,
  samples,
  speech: [{ startSample: 160_000, endSample: 224_000 }],
};
const heard = { text: 'hello world', startSeconds: 0, endSeconds: 4, words: [] };
const recognition = (language: string | null) => ({ segments: [heard], language, warnings: [] });

const recogniser: Recogniser = {
  id: 'whole',
  provider: 'cpu',
  capabilities: {
    languages: ['en'],
    detectsLanguage: false,
    hasWordTimes: false,
    maxPieceSeconds: 15,
    tasks: ['transcribe'],
    batchSize: 2,
    concurrency: 1,
  },
  recognise: (pieces) => Promise.resolve(pieces.map(() => recognition('en'))),
  release: () => Promise.resolve(),
};

// eslint-disable-next-line @typescript-eslint/require-await -- pieces come one by one
async function* pieces(): AsyncGenerator<SpeechPiece> {
  yield piece;
}

async function firstSegment(options: RecognitionOptions): Promise<RecognisedSegment> {
  for await (const { segments } of recognisePieces(recogniser, pieces(), options, aligner))
    return segments[0]!;
  throw new Error('Nothing was recognised.');
}

describe('an aligner behind a recogniser', () => {
  it('gives words times in the recording that the recogniser had none for', async () => {
    const { words } = await firstSegment(DEFAULT_RECOGNITION_OPTIONS);
    expect(words.map(({ text }) => text)).toEqual(['hello', 'world']);
    const alone = await aligner.align(samples, [heard], { language: 'en' });
    expect(words.map(({ startSeconds }) => startSeconds)).toEqual(
      alone.segments[0]!.words.map(({ startSeconds }) => startSeconds + 10),
    );
  });

  it('is not asked where nobody wants times of words', async () => {
    const { words } = await firstSegment({ ...DEFAULT_RECOGNITION_OPTIONS, wordTimes: false });
    expect(words).toEqual([]);
  });

  it('leaves a language alone whose letters it does not know, and says so', async () => {
    const options = { language: null };
    const german = await alignRecognition(aligner, recognition('de'), piece, options);
    expect(german.segments).toEqual([heard]);
    expect(german.warnings).toMatchObject([
      { code: 'alignment_skipped', message: expect.stringContaining('de') },
    ]);
    const unknown = await alignRecognition(aligner, recognition(null), piece, options);
    expect(unknown.segments[0]!.words).toHaveLength(2);
  });
});
