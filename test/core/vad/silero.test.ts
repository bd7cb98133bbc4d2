import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Session } from '../../../core/inference/session.ts';
import { SileroVad } from '../../../core/vad/silero.ts';
import { expectArrayClose } from '../../support/close-to.ts';
import { goldenInput, goldenItems, goldenPath } from '../../support/front-end-goldens.ts';
import { readFloat32 } from '../../support/npy.ts';
import { openSileroSession } from '../../support/silero-session.ts';
import { cutAt, joined, noise, sine } from '../../support/signals.ts';

const items = goldenItems(/^silero-vad\/.*\.npy$/);
let session: Session;

beforeAll(async () => {
  session = await openSileroSession();
});

afterAll(() => session.release());

async function probabilitiesOf(blocks: readonly Float32Array[]): Promise<Float32Array> {
  const vad = new SileroVad(session);
  const parts: Float32Array[] = [];
  for (const block of blocks) parts.push(await vad.push(block));
  return joined(...parts, await vad.finish());
}

describe('SileroVad', () => {
  it.each(items)('gives the probabilities of silero-vad in $file', async (item) => {
    const samples = goldenInput(item.input!);
    if (samples === undefined) return;
    const actual = await probabilitiesOf([samples]);
    expectArrayClose(actual, readFloat32(goldenPath(item.file)), { maxAbs: 1e-4 }, item.file);
  });

  it('gives the same however the recording is cut', async () => {
    const samples = joined(noise(1500, { amplitude: 0.1 }), sine(220, 0.2), noise(700, { amplitude: 0.5 }));
    const expected = await probabilitiesOf([samples]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(samples.length), { maxLength: 6 }), async (places) => {
        expect(await probabilitiesOf(cutAt(samples, places))).toEqual(expected);
      }),
      { numRuns: 25 },
    );
  });

  it('gives one probability per 512 samples, the last for what is left, none for nothing', async () => {
    const counts = [0, 1, 511, 512, 513, 1024].map(async (length) => {
      return (await probabilitiesOf([new Float32Array(length)])).length;
    });
    expect(await Promise.all(counts)).toEqual([0, 1, 1, 1, 2, 2]);
  });

  it('refuses a session whose graph is another one', async () => {
    const wrong: Session = { ...session, run: () => Promise.resolve({}) };
    await expect(new SileroVad(wrong).push(new Float32Array(512))).rejects.toThrow(
      expect.objectContaining({ code: 'model_shape_mismatch' }),
    );
  });
});
