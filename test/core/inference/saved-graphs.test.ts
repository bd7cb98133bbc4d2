import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openOnnxSession } from '../../../core/inference/onnx-session.ts';
import { LanePool } from '../../../core/inference/lanes/lane-pool.ts';
import { isSaved, readSavedGraph, savedGraphPath } from '../../../core/inference/saved-graphs.ts';
import type { ModelFile, Tensor } from '../../../core/inference/session.ts';
import { openSegmenter } from '../../../core/segmentation/open-segmenter.ts';
import { builtPath } from '../../support/built.ts';
import { GE2E_MODEL, SEGMENTATION_MODEL } from '../../support/embedded-models.ts';
import { noise } from '../../support/signals.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const MODEL: ModelFile = { ...GE2E_MODEL, sha256: 'a'.repeat(64) };
const CONDITIONS = { form: undefined, provider: 'cpu' } as const;
const mels = (): Record<string, Tensor> => ({
  mels: { data: noise(160 * 40, { seed: 4 }), dims: [1, 160, 40] },
});

async function embeddingFrom(path: string | undefined): Promise<Float32Array> {
  const session = await openOnnxSession(MODEL, { provider: 'cpu', savedGraph: path });
  const { embeddings } = await session.run(mels());
  await session.release();
  return embeddings!.data as Float32Array;
}

describe('saved graphs', () => {
  let plain: Float32Array;
  beforeAll(async () => {
    plain = await embeddingFrom(undefined);
  });

  it('are written at the first opening and give the same bits at the next', async () => {
    const path = savedGraphPath(join(temporaryFolder(), 'graphs'), MODEL, CONDITIONS)!;
    expect(await embeddingFrom(path)).toEqual(plain);
    expect(await isSaved(path)).toBe(true);
    const written = readFileSync(path);
    expect(await embeddingFrom(path)).toEqual(plain);
    expect(readFileSync(path).equals(written), 'read, not written again').toBe(true);
    expect(readdirSync(join(path, '..')), 'no drafts').toHaveLength(1);
  });

  it.each<[string, (file: Buffer) => Uint8Array]>([
    ['cut short', (file) => file.subarray(0, file.length >> 1)],
    ['empty', () => new Uint8Array()],
    ['of one other byte', (file) => Buffer.from(file).fill(file[5000]! ^ 1, 5000, 5001)],
    ['something else', () => Buffer.from('nothing of the kind')],
  ])('are made anew where the file is %s', async (_what, damage) => {
    const path = savedGraphPath(temporaryFolder(), MODEL, CONDITIONS)!;
    await embeddingFrom(path);
    const written = readFileSync(path);
    writeFileSync(path, damage(written));
    expect(await readSavedGraph(path)).toBeUndefined();
    expect(await embeddingFrom(path)).toEqual(plain);
    expect(await readSavedGraph(path)).toBeDefined();
  });

  it('keep the memory that they are read from as long as they run', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const path = savedGraphPath(temporaryFolder(), MODEL, CONDITIONS)!;
    await embeddingFrom(path);
    const session = await openOnnxSession(MODEL, { provider: 'cpu', savedGraph: path });
    for (let round = 0; round < 3; round++) {
      collect();
      // Memory that was let go is given to these and overwritten.
      const others = Array.from({ length: 8 }, () => new Uint8Array(readFileSync(path).length).fill(0xff));
      const { embeddings } = await session.run(mels());
      expect(embeddings!.data).toEqual(plain);
      expect(others.every((bytes) => bytes[0] === 0xff)).toBe(true);
    }
    await session.release();
  });

  it('are done without where the folder cannot be made', async () => {
    const file = join(temporaryFolder(), 'a-file');
    writeFileSync(file, '');
    await chmod(file, 0o400);
    const path = savedGraphPath(join(file, 'graphs'), MODEL, CONDITIONS)!;
    expect(await embeddingFrom(path)).toEqual(plain);
  });

  it('have names of their own by model, form and outputs, and none where the bytes are not known', () => {
    const names = [
      savedGraphPath('/x', MODEL, CONDITIONS),
      savedGraphPath('/x', { ...MODEL, sha256: 'b'.repeat(64) }, CONDITIONS),
      savedGraphPath('/x', { ...MODEL, exposed: ['inner'] }, CONDITIONS),
      savedGraphPath('/x', MODEL, { ...CONDITIONS, form: 'other' }),
    ];
    expect(new Set(names).size).toBe(4);
    expect(savedGraphPath('/x', GE2E_MODEL, CONDITIONS)).toBeUndefined();
    expect(savedGraphPath('/x', { ...MODEL, id: '../../etc/passwd' }, CONDITIONS)).toMatch(/^\/x\/[\w.-]+$/);
  });

  describe('in lanes', () => {
    const model: ModelFile = { ...SEGMENTATION_MODEL, sha256: 'c'.repeat(64) };
    const pools: LanePool[] = [];
    afterAll(() => Promise.all(pools.map((pool) => pool.close())));

    async function scores(folder: string): Promise<unknown> {
      const pool = await LanePool.start({
        lanePath: builtPath('lane.js'),
        provider: 'cpu',
        laneCount: 2,
        savedGraphs: folder,
      });
      pools.push(pool);
      const { network } = await openSegmenter(model, (file, graph) => pool.open(file, graph), 'int8');
      const samples = noise(160_000 + 3 * 16_000, { seed: 9, amplitude: 0.1 });
      return network.score({ samples, windowCount: 4, hopSamples: 16_000 });
    }

    it('keep what was made from a file, and make it again where that was damaged', async () => {
      const folder = join(temporaryFolder(), 'graphs');
      const first = await scores(folder);
      const names = readdirSync(folder);
      expect(names).toHaveLength(2);
      expect(await scores(folder)).toEqual(first);
      for (const name of names) writeFileSync(join(folder, name), 'damaged');
      expect(await scores(folder)).toEqual(first);
    });
  });
});
