import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasNvidiaDevice } from '../../../core/inference/execution-provider.ts';
import { probeProviders } from '../../../core/inference/onnx-runtime.ts';
import { openOnnxSession } from '../../../core/inference/onnx-session.ts';
import { sharedFloat32 } from '../../../core/inference/session.ts';
import { GE2E_MODEL, SEGMENTATION_MODEL } from '../../support/embedded-models.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** One GE2E partial of deterministic, unmistakable content. */
function partial(seed: number, into: Float32Array = new Float32Array(160 * 40)): Float32Array {
  for (let i = 0; i < into.length; i++) into[i] = Math.abs(Math.sin(seed + i * 0.37)) * 0.01;
  return into;
}

const DIMS = [1, 160, 40];

describe('openOnnxSession', () => {
  it('runs a graph by tensor names and says which provider does it', async () => {
    const session = await openOnnxSession(GE2E_MODEL, { provider: 'cpu' });
    expect(session).toMatchObject({ provider: 'cpu', inputNames: ['mels'], outputNames: ['embeddings'] });
    const { embeddings } = await session.run({ mels: { data: partial(1), dims: DIMS } });
    expect(embeddings!.dims).toEqual([1, 256]);
    const norm = Math.hypot(...(embeddings!.data as Float32Array));
    expect(norm).toBeCloseTo(1, 5);
    await session.release();
  });

  it('gives the same bits for shared memory as for plain arrays, also when runs are issued together', async () => {
    const session = await openOnnxSession(GE2E_MODEL, { provider: 'cpu' });
    const seeds = [1, 2, 3, 4];
    const plain = [];
    for (const seed of seeds) plain.push(await session.run({ mels: { data: partial(seed), dims: DIMS } }));
    const shared = await Promise.all(
      seeds.map((seed) =>
        session.run({ mels: { data: partial(seed, sharedFloat32(160 * 40)), dims: DIMS } }),
      ),
    );
    expect(shared).toEqual(plain);
    await session.release();
  });

  it('refuses a run after release', async () => {
    const session = await openOnnxSession(GE2E_MODEL, { provider: 'cpu' });
    await session.release();
    await session.release();
    await expect(session.run({ mels: { data: partial(1), dims: DIMS } })).rejects.toMatchObject({
      code: 'invariant_violated',
    });
  });

  it.each([
    ['inputs', { ...GE2E_MODEL, inputs: ['feats'] }, /inputs feats, but has mels/],
    ['outputs', { ...GE2E_MODEL, outputs: ['embs'] }, /outputs embs, but has embeddings/],
  ])('refuses a graph with other %s than the manifest says', async (_kind, model, message) => {
    const opening = openOnnxSession(model, { provider: 'cpu' });
    await expect(opening).rejects.toMatchObject({ code: 'model_shape_mismatch' });
    await expect(opening).rejects.toThrow(message);
  });

  it.each([
    ['missing feed', {}, 'model_shape_mismatch'],
    ['other type', { mels: { data: new Int32Array(6400), dims: DIMS } }, 'model_shape_mismatch'],
    ['other rank', { mels: { data: new Float32Array(6400), dims: [160, 40] } }, 'model_shape_mismatch'],
    [
      'other mel count',
      { mels: { data: new Float32Array(1600), dims: [1, 40, 40, 1] } },
      'model_shape_mismatch',
    ],
    [
      'dims that do not fit the data',
      { mels: { data: new Float32Array(5), dims: DIMS } },
      'invariant_violated',
    ],
  ])('refuses a run with %s and stays usable', async (_title, feeds, code) => {
    const session = await openOnnxSession(GE2E_MODEL, { provider: 'cpu' });
    await expect(session.run(feeds)).rejects.toMatchObject({ code });
    await expect(session.run({ mels: { data: partial(1), dims: DIMS } })).resolves.toHaveProperty(
      'embeddings',
    );
    await session.release();
  });

  it.each([
    ['a truncated file', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ['text', () => Buffer.from('no graph at all')],
    ['an empty file', () => Buffer.alloc(0)],
  ])('refuses %s without showing its path', async (_title, damage) => {
    const path = join(temporaryFolder(), 'model.onnx');
    writeFileSync(path, damage(readFileSync(SEGMENTATION_MODEL.path)));
    const opening = openOnnxSession({ ...SEGMENTATION_MODEL, path }, { provider: 'cpu' });
    await expect(opening).rejects.toMatchObject({ name: 'ModelError', code: 'model_shape_mismatch' });
    await expect(opening).rejects.toThrow(/damaged.*models verify/);
    await expect(opening).rejects.not.toThrow(path);
  });

  it('names the command that fetches a missing file', async () => {
    const model = { ...SEGMENTATION_MODEL, path: '/nowhere/model.onnx' };
    const opening = openOnnxSession(model, { provider: 'cpu' });
    await expect(opening).rejects.toMatchObject({ code: 'model_missing' });
    await expect(opening).rejects.toThrow(/colloquy models pull pyannote-segmentation-3.0/);
  });
});

describe('execution providers', () => {
  it('probes the CPU as usable and gives a reason for each provider that is not', async () => {
    const probes = await probeProviders();
    expect(probes.map((probe) => probe.provider)).toEqual(['cpu', 'cuda']);
    expect(probes[0]).toEqual({ provider: 'cpu', usable: true });
    for (const probe of probes) expect(probe.usable || probe.reason!.length > 0).toBe(true);
  });

  it.skipIf(hasNvidiaDevice())('refuses CUDA by name where there is none, and says what to do', async () => {
    const opening = openOnnxSession(GE2E_MODEL, { provider: 'cuda' });
    await expect(opening).rejects.toMatchObject({ name: 'DependencyError', code: 'provider_unavailable' });
    await expect(opening).rejects.toThrow(/NVIDIA GPU.*"cpu" or "auto"/);
  });

  it.skipIf(hasNvidiaDevice())(
    'takes the CPU for "auto" where there is no GPU, without a warning',
    async () => {
      const session = await openOnnxSession(GE2E_MODEL, { provider: 'auto' });
      expect(session).toMatchObject({ provider: 'cpu', warnings: [] });
      await session.release();
    },
  );
});
