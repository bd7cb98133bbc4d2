import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  clusteringFiles,
  diarizationSetup,
  openStore,
  startEngine,
} from '../../../handlers/setup/composition.ts';
import { readConfig } from '../../../handlers/setup/config.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

function config() {
  const folder = temporaryFolder();
  const environment = { COLLOQUY_OFFLINE: '1', COLLOQUY_CACHE: folder, HF_HUB_CACHE: folder, PATH: '/bin' };
  return readConfig(environment);
}

describe('diarizationSetup', () => {
  it('finds the models that ship with the repository, with their checksums', async () => {
    const setup = await diarizationSetup(openStore(config()), 'embedded');
    const { segmentation, embedding, conditionsPath, uses } = setup.files;
    for (const path of [segmentation.path, embedding.path, conditionsPath!])
      expect(existsSync(path)).toBe(true);
    expect(segmentation).toMatchObject({ inputs: ['input'], outputs: ['output'] });
    expect(uses.map(({ task }) => task)).toEqual(['segmentation', 'speaker-embedding']);
    for (const { sha256 } of uses) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('tells a missing model and an unknown preset in the words of the taxonomy', async () => {
    const store = openStore(config());
    await expect(diarizationSetup(store, 'community-1')).rejects.toMatchObject({
      name: 'ModelError',
      code: 'model_missing',
    });
    await expect(diarizationSetup(store, 'best')).rejects.toMatchObject({ code: 'invalid_option' });
  });
});

describe('clusteringFiles', () => {
  it('are those that a preset clusters with, and no networks', async () => {
    const store = openStore(config());
    expect(await clusteringFiles(store, 'ge2e')).toEqual({});
    const { conditionsPath, plda: none } = await clusteringFiles(store, 'embedded');
    expect(existsSync(conditionsPath!)).toBe(true);
    expect(none).toBeUndefined();
    const { plda } = await clusteringFiles(store, 'community-1');
    expect(existsSync(plda!.transformPath) && existsSync(plda!.pldaPath)).toBe(true);
  });
});

describe('startEngine', () => {
  it('starts the built engine with the settings of the configuration', async () => {
    const engine = await startEngine({ ...config(), provider: 'cpu', threads: 1 });
    expect(await engine.facts()).toMatchObject({ provider: 'cpu', laneCount: 1 });
    await engine.close();
  });
});
