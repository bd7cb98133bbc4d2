import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasNvidiaDevice } from '../../../core/inference/execution-provider.ts';
import { LanePool } from '../../../core/inference/lanes/lane-pool.ts';
import { openOnnxSession } from '../../../core/inference/onnx-session.ts';
import { sharedFloat32, type Session, type Tensor } from '../../../core/inference/session.ts';
import { openChain } from '../../../core/inference/session-chain.ts';
import { builtPath } from '../../support/built.ts';
import { GE2E_MODEL, SEGMENTATION_MODEL } from '../../support/embedded-models.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const lanePath = builtPath('lane.js');
const RUN_COUNT = 12;

function mels(seed: number, data: Float32Array = new Float32Array(160 * 40)): Record<string, Tensor> {
  for (let i = 0; i < data.length; i++) data[i] = Math.abs(Math.sin(seed + i * 0.37)) * 0.01;
  return { mels: { data, dims: [1, 160, 40] } };
}

async function embedAll(session: Session): Promise<unknown[]> {
  return Promise.all(Array.from({ length: RUN_COUNT }, (_, seed) => session.run(mels(seed))));
}

describe('LanePool', () => {
  it('gives the same bits with one lane, with three, and in this thread', async () => {
    const session = await openOnnxSession(GE2E_MODEL, { provider: 'cpu' });
    const expected = await embedAll(session);
    await session.release();
    for (const laneCount of [1, 3]) {
      const pool = await LanePool.start({ lanePath, provider: 'cpu', laneCount });
      expect(await embedAll(await pool.open(GE2E_MODEL)), `${laneCount} lanes`).toEqual(expected);
      await pool.close();
    }
  });

  it('leaves the feeds with their owner, who fills the same buffers again', async () => {
    const pool = await LanePool.start({ lanePath, provider: 'cpu', laneCount: 2 });
    const session = await pool.open(GE2E_MODEL);
    for (const buffer of [sharedFloat32(160 * 40), new Float32Array(160 * 40)]) {
      const first = await session.run(mels(1, buffer));
      const second = await session.run(mels(2, buffer));
      const again = await session.run(mels(1, buffer));
      expect(buffer).toHaveLength(160 * 40);
      expect(again).toEqual(first);
      expect(second).not.toEqual(first);
    }
    await pool.close();
  });

  it('keeps several models apart and computes only the outputs that are asked for', async () => {
    const pool = await LanePool.start({ lanePath, provider: 'cpu', laneCount: 2 });
    const [encoder, segmentation] = await Promise.all([pool.open(GE2E_MODEL), pool.open(SEGMENTATION_MODEL)]);
    expect(encoder).toMatchObject({ provider: 'cpu', inputNames: ['mels'], outputNames: ['embeddings'] });
    const [embedding, classes] = await Promise.all([
      encoder.run(mels(1), ['embeddings']),
      segmentation.run({ input: { data: sharedFloat32(80_000), dims: [1, 1, 80_000] } }),
    ]);
    expect(embedding.embeddings!.dims).toEqual([1, 256]);
    expect(classes.output!.dims).toEqual([1, 293, 7]);
    await pool.close();
  });

  it('runs what waits for a lane that opens another model', async () => {
    const pool = await LanePool.start({ lanePath, provider: 'cpu', laneCount: 1 });
    const encoder = await pool.open(GE2E_MODEL);
    const opening = pool.open(SEGMENTATION_MODEL);
    const running = encoder.run(mels(1));
    await Promise.all([opening, running]);
    await pool.close();
  });

  it('runs what waits for chains that are released one after another', async () => {
    const pool = await LanePool.start({ lanePath, provider: 'cpu', laneCount: 1 });
    const session = await pool.open(GE2E_MODEL);
    const chains = [await openChain(session), await openChain(session)];
    for (const chain of chains) await chain.run({ feeds: mels(1), fetches: ['embeddings'], keep: {} });
    const running = session.run(mels(2));
    for (const chain of chains) chain.release();
    await running;
    await pool.close();
  });

  it('says of a thread that ends by itself that it has not answered', async () => {
    const folder = temporaryFolder();
    const ending = join(folder, 'lane.js');
    writeFileSync(ending, 'setTimeout(() => process.exit(0), 50);');
    const pool = await LanePool.start({ lanePath: ending, provider: 'cpu', laneCount: 1 });
    await expect(pool.open(GE2E_MODEL)).rejects.toMatchObject({
      name: 'DependencyError',
      code: 'dependency_missing',
    });
  });

  it('finishes the runs under way before it closes', async () => {
    const pool = await LanePool.start({ lanePath, provider: 'cpu', laneCount: 2 });
    const session = await pool.open(GE2E_MODEL);
    const running = embedAll(session);
    await pool.close();
    await expect(running).resolves.toHaveLength(RUN_COUNT);
  });

  it('reports a failing run to its caller only', async () => {
    const pool = await LanePool.start({ lanePath, provider: 'cpu', laneCount: 1 });
    const session = await pool.open(GE2E_MODEL);
    const results = await Promise.allSettled([
      session.run(mels(1)),
      session.run({ mels: { data: new Float32Array(7), dims: [7] } }),
      session.run(mels(2)),
    ]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toHaveProperty('reason.code', 'model_shape_mismatch');
    await pool.close();
  });

  it('refuses a model of other tensors and stays usable', async () => {
    const pool = await LanePool.start({ lanePath, provider: 'cpu', laneCount: 2 });
    await expect(pool.open({ ...GE2E_MODEL, inputs: ['feats'] })).rejects.toMatchObject({
      name: 'ModelError',
      code: 'model_shape_mismatch',
    });
    const session = await pool.open(GE2E_MODEL);
    await session.release();
    await expect(session.run(mels(1))).rejects.toMatchObject({ code: 'invariant_violated' });
    await pool.close();
  });

  it.skipIf(hasNvidiaDevice())(
    'refuses CUDA by name where there is none, leaving no thread behind',
    async () => {
      const starting = LanePool.start({ lanePath, provider: 'cuda', laneCount: 2 });
      await expect(starting).rejects.toMatchObject({ name: 'DependencyError', code: 'provider_unavailable' });
    },
  );

  it.skipIf(hasNvidiaDevice())('takes the CPU with all lanes for "auto" where there is no GPU', async () => {
    const pool = await LanePool.start({ lanePath, provider: 'auto', laneCount: 2 });
    expect(pool).toMatchObject({ provider: 'cpu', warnings: [], laneCount: 2 });
    await pool.close();
  });

  it.each(['auto', 'cpu'] as const)(
    'says with "%s" that the program of its threads is missing',
    async (provider) => {
      const starting = LanePool.start({ lanePath: '/nowhere/lane.js', provider, laneCount: 2 });
      // With nothing to ask the threads, the first model finds out.
      const opening = starting.then(async (pool) => {
        try {
          return await pool.open(GE2E_MODEL);
        } finally {
          await pool.close();
        }
      });
      await expect(opening).rejects.toMatchObject({ name: 'DependencyError', code: 'dependency_missing' });
    },
  );
});
