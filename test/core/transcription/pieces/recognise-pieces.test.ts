import { describe, expect, it } from 'vitest';
import {
  recognisePieces,
  type RecognisedPiece,
} from '../../../../core/transcription/pieces/recognise-pieces.ts';
import { DEFAULT_RECOGNITION_OPTIONS, type Recogniser } from '../../../../core/transcription/recogniser.ts';
import type { SpeechPiece } from '../../../../core/transcription/pieces/split-speech.ts';

const RATE = 16_000;

/** Hears in each piece one word, its first sample; later pieces are faster. */
class CountingRecogniser implements Recogniser {
  readonly id = 'counting';
  readonly provider = 'cpu';
  readonly capabilities;
  readonly batches: number[] = [];
  inFlight = 0;
  mostInFlight = 0;

  constructor(batchSize: number, concurrency: number) {
    this.capabilities = {
      languages: ['en'],
      detectsLanguage: false,
      hasWordTimes: true,
      maxPieceSeconds: 15,
      tasks: ['transcribe' as const],
      batchSize,
      concurrency,
    };
  }

  async recognise(pieces: readonly Float32Array[]) {
    this.batches.push(pieces.length);
    this.mostInFlight = Math.max(this.mostInFlight, ++this.inFlight);
    await new Promise((resolve) => setTimeout(resolve, 10 - (this.batches.length % 10)));
    this.inFlight--;
    return pieces.map(([value]) => {
      if (value === 99) throw new Error('unlucky');
      const word = { text: String(value), startSeconds: 0, endSeconds: 1 };
      return { segments: [{ ...word, words: [word] }], language: 'en', warnings: [] };
    });
  }

  release(): Promise<void> {
    return Promise.resolve();
  }
}

async function* pieces(count: number, unlucky = -1): AsyncGenerator<SpeechPiece> {
  for (let index = 0; index < count; index++) {
    const startSample = index * 2 * RATE;
    const samples = new Float32Array(RATE).fill(index === unlucky ? 99 : index);
    const speech = [{ startSample, endSample: startSample + RATE / 2 }];
    yield await Promise.resolve({ startSample, samples, speech });
  }
}

async function collect(generator: AsyncIterable<RecognisedPiece>): Promise<RecognisedPiece[]> {
  const found: RecognisedPiece[] = [];
  for await (const piece of generator) found.push(piece);
  return found;
}

describe('recognisePieces', () => {
  it('gives results in the order of the pieces, with times in the recording, cut down to speech', async () => {
    const recogniser = new CountingRecogniser(1, 4);
    const found = await collect(recognisePieces(recogniser, pieces(9), DEFAULT_RECOGNITION_OPTIONS));
    expect(found.map(({ segments }) => segments[0]!.text)).toEqual(
      Array.from({ length: 9 }, (_, index) => String(index)),
    );
    found.forEach(({ segments, endSeconds }, index) => {
      expect(segments[0]).toMatchObject({ startSeconds: 2 * index, endSeconds: 2 * index + 0.5 });
      expect(endSeconds).toBe(2 * index + 1);
    });
    expect(recogniser.mostInFlight).toBe(4);
  });

  it('fills batches and sends what is left at the end', async () => {
    const recogniser = new CountingRecogniser(4, 2);
    const found = await collect(recognisePieces(recogniser, pieces(10), DEFAULT_RECOGNITION_OPTIONS));
    expect(recogniser.batches).toEqual([4, 4, 2]);
    expect(found).toHaveLength(10);
  });

  it('ends with the failure of a piece, after what came before it and after all calls under way', async () => {
    const recogniser = new CountingRecogniser(1, 3);
    const found: RecognisedPiece[] = [];
    const failing = (async () => {
      const all = recognisePieces(recogniser, pieces(20, 5), DEFAULT_RECOGNITION_OPTIONS);
      for await (const piece of all) found.push(piece);
    })();
    await expect(failing).rejects.toThrow('unlucky');
    expect(found).toHaveLength(5);
    expect(recogniser.inFlight).toBe(0);
  });
});
