import { delimiter } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isOffline, modelFolders } from '../../models/model-folders.ts';

describe('modelFolders', () => {
  it('takes the folders that the environment names', () => {
    const folders = modelFolders({
      COLLOQUY_MODELS: ['/volume/models', '/other'].join(delimiter),
      COLLOQUY_CACHE: '/cache',
      HF_HUB_CACHE: '/hub',
    });
    expect(folders).toMatchObject({
      shared: ['/volume/models', '/other'],
      downloads: '/cache/models',
      stamps: '/cache/verified',
    });
    expect(folders.huggingFaceCaches).toEqual(['/hub', '/runpod-volume/huggingface-cache/hub']);
  });

  it('follows HF_HOME as Python does, and the home folder when nothing is set', () => {
    expect(modelFolders({ HF_HOME: '/hf' }).huggingFaceCaches[0]).toBe('/hf/hub');
    const folders = modelFolders({ HOME: '/home/ann' });
    expect(folders.huggingFaceCaches[0]).toBe('/home/ann/.cache/huggingface/hub');
    expect(folders.downloads.startsWith('/home/ann/')).toBe(true);
    expect(folders.shared).toEqual([]);
  });
});

describe('isOffline', () => {
  it.each([
    [{}, false],
    [{ COLLOQUY_OFFLINE: '0' }, false],
    [{ COLLOQUY_OFFLINE: '' }, false],
    [{ COLLOQUY_OFFLINE: '1' }, true],
    [{ HF_HUB_OFFLINE: 'TRUE' }, true],
    [{ HF_HUB_OFFLINE: 'false' }, false],
  ])('%j gives %s', (environment, expected) => {
    expect(isOffline(environment)).toBe(expected);
  });
});
