import { describe, expect, it } from 'vitest';
import { partialStartFrames, UtterancePartials } from '../../../core/embedding/utterance-partials.ts';
import { euclideanNorm } from '../../../core/math/vector.ts';
import { expectArrayClose } from '../../support/close-to.ts';
import { goldenInput, goldenItems, goldenPath, type GoldenItem } from '../../support/front-end-goldens.ts';
import { openGe2eSession } from '../../support/ge2e-session.ts';
import { readNpy } from '../../support/npy.ts';
import { MISSING } from '../../support/shared.ts';

const session = await openGe2eSession();

type Parameters = {
  readonly pad_mode: 'constant' | 'reflect';
  readonly partialStartFrames: readonly number[];
};

function encoderFor(item: GoldenItem): UtterancePartials {
  const { pad_mode } = item.parameters as Parameters;
  return new UtterancePartials(session, { edges: pad_mode === 'reflect' ? 'reflect' : 'zeros' });
}

function unit(vector: Float64Array): Float64Array {
  const norm = euclideanNorm(vector);
  return vector.map((value) => value / norm);
}

const cuts = goldenItems(/^ge2e\/(embedding|partials)-.*\.npy$/);

describe('GE2E on an utterance equals Resemblyzer', () => {
  it.for(cuts)('in $file', async (item, { skip }) => {
    const samples = goldenInput(item.input!) ?? skip(MISSING);
    const { mean, windows } = await encoderFor(item).embed(samples);
    const expected = readNpy(goldenPath(item.file)) as { shape: number[]; data: Float32Array };
    const { maxAbs, minCosine } = item.tolerance as { maxAbs: number; minCosine: number };
    expect(windows.map(({ startSample }) => startSample / 160)).toEqual(
      (item.parameters as Parameters).partialStartFrames,
    );
    if (expected.shape.length === 1) {
      expectArrayClose(unit(mean), expected.data, { maxAbs, minCosine }, item.file);
    } else {
      const data = Float32Array.from(windows.flatMap(({ vector }) => [...vector]));
      expectArrayClose({ shape: [windows.length, 256], data }, expected, { maxAbs }, item.file);
    }
  });

  it.skipIf(cuts.length === 0)('covers both ways of padding', () => {
    expect(new Set(cuts.map((item) => (item.parameters as Parameters).pad_mode))).toEqual(
      new Set(['constant', 'reflect']),
    );
  });

  it.for(goldenItems(/^ge2e\/librispeech-embeddings-.*\.npy$/))('in $file', async (item, { skip }) => {
    const files = (item.parameters as { files: { file: string; partialStartFrames: number[] }[] }).files;
    const expected = readNpy(goldenPath(item.file)).data as Float32Array;
    for (const [row, { file, partialStartFrames: starts }] of files.entries()) {
      const samples = goldenInput(file) ?? skip(MISSING);
      expect(partialStartFrames(samples.length), file).toEqual(starts);
      const { mean } = await encoderFor(item).embed(samples);
      const { maxAbs, minCosine } = item.tolerance as { maxAbs: number; minCosine: number };
      expectArrayClose(
        unit(mean),
        expected.subarray(row * 256, (row + 1) * 256),
        { maxAbs, minCosine },
        file,
      );
    }
  });
});

describe('partialStartFrames', () => {
  it('keeps a single window however little of it is audio', () => {
    expect(partialStartFrames(0)).toEqual([0]);
    expect(partialStartFrames(400)).toEqual([0]);
  });

  it('counts one frame more where the length is a whole number of hops', () => {
    // 237 hops need 238 frames, so a second window begins; it is kept from three quarters on.
    expect(partialStartFrames(160 * (77 + 119))).toEqual([0]);
    expect(partialStartFrames(160 * (77 + 120))).toEqual([0, 77]);
  });

  it('fills stretches of a long recording without padding', () => {
    const { stretchSamples } = new UtterancePartials(session);
    const starts = partialStartFrames(stretchSamples);
    expect(starts).toHaveLength(51);
    expect((starts.at(-1)! + 160) * 160).toBe(stretchSamples);
  });
});

describe('UtterancePartials', () => {
  it('makes of digital silence a finite vector, where the original divides by zero', async () => {
    const { mean } = await new UtterancePartials(session).embed(new Float32Array(16_000));
    expect(mean.every(Number.isFinite)).toBe(true);
  });

  it('leaves the samples as they are', async () => {
    const samples = new Float32Array(16_000).map((_, index) => 0.001 * Math.sin(index / 9));
    const before = samples.slice();
    await new UtterancePartials(session).embed(samples);
    expect(samples).toEqual(before);
  });
});
