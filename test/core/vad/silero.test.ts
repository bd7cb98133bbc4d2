import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Session } from '../../../core/inference/session.ts';
import { SileroVad } from '../../../core/vad/silero.ts';
import { expectArrayClose } from '../../support/close-to.ts';
import { goldenInput, goldenItems, goldenPath } from '../../support/front-end-goldens.ts';
import { readFloat32 } from '../../support/npy.ts';
import { openSileroSession } from '../../support/silero-session.ts';
import { cutAt, joined, noise, sine } from '../../support/signals.ts';
import { MISSING } from '../../support/shared.ts';

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
  it.for(items)('gives the probabilities of silero-vad in $file', async (item, { skip }) => {
    const samples = goldenInput(item.input!) ?? skip(MISSING);
    const actual = await probabilitiesOf([samples]);
    expectArrayClose(actual, readFloat32(goldenPath(item.file)), { maxAbs: 1e-4 }, item.file);
  });

  // The same bits where matrix products of one row and of many take the same steps, which is the processor's affair.
  it('gives the same probabilities however the recording is cut', async () => {
    const parts = [noise(40_000, { amplitude: 0.1 }), sine(220, 0.2), noise(30_000, { amplitude: 0.5 })];
    const samples = joined(...parts);
    const expected = await probabilitiesOf([samples]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(samples.length), { maxLength: 6 }), async (places) => {
        expectArrayClose(await probabilitiesOf(cutAt(samples, places)), expected, { maxAbs: 1e-6 }, 'cut');
      }),
      { numRuns: 25 },
    );
    const chunks = Array.from({ length: Math.ceil(samples.length / 512) }, (_, chunk) =>
      samples.subarray(512 * chunk, 512 * chunk + 512),
    );
    expectArrayClose(await probabilitiesOf(chunks), expected, { maxAbs: 1e-6 }, 'single chunks');
  });

  it('gives every probability with the block that completes its chunk', async () => {
    const vad = new SileroVad(session);
    const counts: number[] = [];
    for (const length of [511, 1, 512, 100, 1500, 50_000, 0, 400])
      counts.push((await vad.push(noise(length))).length);
    expect(counts).toEqual([0, 1, 1, 0, 3, 97, 0, 1]);
    expect(await vad.finish()).toHaveLength(1);
    expect(await vad.finish()).toHaveLength(0);
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
