import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeNpy } from '../../../core/array-files/npy.ts';
import { readConditions } from '../../../core/diarization/clustering-models.ts';
import { openDiarizationModels } from '../../../core/diarization/diarization-models.ts';
import { findPreset } from '../../../core/diarization/presets.ts';
import { readPlda } from '../../../core/diarization/read-plda.ts';
import { readModelArray } from '../../../core/inference/model-arrays.ts';
import { GE2E_MODEL, SEGMENTATION_MODEL } from '../../support/embedded-models.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

function written(content: string | Uint8Array): string {
  const path = join(temporaryFolder(), 'a-file');
  writeFileSync(path, content);
  return path;
}

const readers: [string, (path: string) => Promise<unknown>][] = [
  ['an array', (path) => readModelArray(path, 'The mean of a model')],
  ['the PLDA', (path) => readPlda({ transformPath: path, pldaPath: path })],
  ['recording conditions', readConditions],
  [
    'the mean of the encoder',
    (path) =>
      openDiarizationModels(
        findPreset('ge2e'),
        { segmentation: SEGMENTATION_MODEL, embedding: GE2E_MODEL, centrePath: path, uses: [] },
        () => new Promise(() => undefined),
      ),
  ],
];

describe.each(readers)('reading %s', (_what, read) => {
  it('says that a file is missing', async () => {
    await expect(read(join(temporaryFolder(), 'nowhere'))).rejects.toMatchObject({
      name: 'ModelError',
      code: 'model_missing',
      message: expect.stringContaining('colloquy models verify') as string,
    });
  });

  it('says that a file is damaged, and nothing of how to make one', async () => {
    await expect(read(written('no array at all'))).rejects.toMatchObject({
      name: 'ModelError',
      code: 'model_shape_mismatch',
      message: expect.stringMatching(
        /is damaged; colloquy models verify tells whether it is whole\.$/,
      ) as string,
    });
  });
});

it('says that an array of a model holds no floating point numbers', async () => {
  const integers = encodeNpy({ shape: [2], data: Int32Array.of(1, 2) });
  await expect(readModelArray(written(integers), 'The mean of a model')).rejects.toMatchObject({
    code: 'model_shape_mismatch',
    message: expect.stringContaining('no floating point numbers') as string,
  });
});
