import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { madeOf } from '../../core/inference/made-graphs.ts';
import { openOnnxSession } from '../../core/inference/onnx-session.ts';
import type { MadeGraph } from '../../core/inference/session.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

// y = x + w with w of four values in another file; `location` of the external data as named behind each.
const BESIDE = Buffer.from(
  'CAkSADp1Cg4KAXgKAXcSAXkiA0FkZBIBZyo+CAQQAUIBd2oYCghsb2NhdGlvbhIMd2VpZ2h0cy5kYXRhagsKBm9mZnNldBIBMGoMCgZsZW5ndGgSAjE2cAFaDwoBeBIKCggIARIECgIIBGIPCgF5EgoKCAgBEgQKAggEQgQKABAR',
  'base64',
); // weights.data
const ABOVE = Buffer.from(
  'CAkSADp4Cg4KAXgKAXcSAXkiA0FkZBIBZypBCAQQAUIBd2obCghsb2NhdGlvbhIPLi4vd2VpZ2h0cy5kYXRhagsKBm9mZnNldBIBMGoMCgZsZW5ndGgSAjE2cAFaDwoBeBIKCggIARIECgIIBGIPCgF5EgoKCAgBEgQKAggEQgQKABAR',
  'base64',
); // ../weights.data
const ABSOLUTE = Buffer.from(
  'CAkSADp0Cg4KAXgKAXcSAXkiA0FkZBIBZyo9CAQQAUIBd2oXCghsb2NhdGlvbhILL2V0Yy9wYXNzd2RqCwoGb2Zmc2V0EgEwagwKBmxlbmd0aBICMTZwAVoPCgF4EgoKCAgBEgQKAggEYg8KAXkSCgoICAESBAoCCARCBAoAEBE=',
  'base64',
); // /etc/passwd
const WEIGHTS = Buffer.from(Float32Array.of(1, 2, 3, 4).buffer);

function open(path: string, graph?: MadeGraph) {
  return openOnnxSession({ id: 'external', path, inputs: ['x'], outputs: ['y'] }, { provider: 'cpu', graph });
}

describe('a model with its weights in another file', () => {
  it('runs as it is: no graph made of it would find its weights', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'model.onnx');
    writeFileSync(path, BESIDE);
    writeFileSync(join(folder, 'weights.data'), WEIGHTS);
    const copied = madeOf({ id: 'external', path, inputs: [], outputs: [] }, 'copied', (file) =>
      file.slice(),
    );
    expect(await copied.make()).toBeUndefined();
    const session = await open(path, copied);
    expect(session.form).toBeUndefined();
    const { y } = await session.run({ x: { data: Float32Array.of(1, 1, 1, 1), dims: [4] } });
    expect([...(y!.data as Float32Array)]).toEqual([2, 3, 4, 5]);
    await session.release();
  });

  it('loads from the links of a Hugging Face cache', async () => {
    const root = temporaryFolder();
    const snapshot = join(root, 'snapshots', 'abc');
    mkdirSync(snapshot, { recursive: true });
    mkdirSync(join(root, 'blobs'));
    writeFileSync(join(root, 'blobs', 'graph'), BESIDE);
    writeFileSync(join(root, 'blobs', 'weights'), WEIGHTS);
    symlinkSync('../../blobs/graph', join(snapshot, 'model.onnx'));
    symlinkSync('../../blobs/weights', join(snapshot, 'weights.data'));
    const session = await open(join(snapshot, 'model.onnx'));
    const { y } = await session.run({ x: { data: Float32Array.of(0, 0, 0, 1), dims: [4] } });
    expect([...(y!.data as Float32Array)]).toEqual([1, 2, 3, 5]);
    await session.release();
  });

  it('is refused when it reaches for a file outside its folder', async () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'model'));
    writeFileSync(join(root, 'weights.data'), WEIGHTS);
    for (const [index, graph] of [ABOVE, ABSOLUTE].entries()) {
      const path = join(root, 'model', `${index}.onnx`);
      writeFileSync(path, graph);
      await expect(open(path), `graph ${index}`).rejects.toMatchObject({ name: 'ModelError' });
    }
  });
});
