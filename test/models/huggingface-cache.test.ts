import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findInHuggingFaceCache } from '../../models/huggingface-cache.ts';
import { openModelStore } from '../../models/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { contentOf, foldersIn, sha256Of, smallManifest } from './support/small-model.ts';

const content = contentOf(1000);
const file = { repository: 'org/small', revision: 'abc123', path: 'onnx/model.onnx' };

/** A cache as huggingface_hub writes it: blobs by hash, snapshots of links into them, refs. */
function cacheWith(
  snapshots: readonly string[],
  refs: Readonly<Record<string, string>> = {},
  links = true,
): string {
  const hub = join(temporaryFolder(), 'hub');
  const repository = join(hub, 'models--org--small');
  const blob = join(repository, 'blobs', sha256Of(content));
  mkdirSync(dirname(blob), { recursive: true });
  writeFileSync(blob, content);
  for (const commit of snapshots) {
    const path = join(repository, 'snapshots', commit, 'onnx', 'model.onnx');
    mkdirSync(dirname(path), { recursive: true });
    if (links) symlinkSync(join('..', '..', '..', 'blobs', sha256Of(content)), path);
    else writeFileSync(path, content);
  }
  for (const [name, commit] of Object.entries(refs)) {
    mkdirSync(join(repository, 'refs'), { recursive: true });
    writeFileSync(join(repository, 'refs', name), commit);
  }
  return hub;
}

function inSnapshot(hub: string, commit: string): string {
  return join(hub, 'models--org--small', 'snapshots', commit, 'onnx', 'model.onnx');
}

describe('findInHuggingFaceCache', () => {
  it('takes the recorded commit before all others', async () => {
    const hub = cacheWith(['0000', 'abc123', 'ffff'], { main: 'ffff' });
    expect(await findInHuggingFaceCache(hub, file)).toBe(inSnapshot(hub, 'abc123'));
  });

  it('follows a branch name, then main, then takes any snapshot', async () => {
    const hub = cacheWith(['1111', '2222', '3333'], { main: '2222', v1: '3333' });
    expect(await findInHuggingFaceCache(hub, { ...file, revision: 'v1' })).toBe(inSnapshot(hub, '3333'));
    expect(await findInHuggingFaceCache(hub, { ...file, revision: 'gone' })).toBe(inSnapshot(hub, '2222'));
    const withoutRefs = cacheWith(['2222', '1111']);
    expect(await findInHuggingFaceCache(withoutRefs, file)).toBe(inSnapshot(withoutRefs, '1111'));
  });

  it('reads plain copies too, as caches on disks without links have them', async () => {
    const hub = cacheWith(['abc123'], {}, false);
    expect(await findInHuggingFaceCache(hub, file)).toBe(inSnapshot(hub, 'abc123'));
  });

  it('does not take a link to a blob that is not there', async () => {
    const hub = cacheWith([]);
    const path = inSnapshot(hub, 'abc123');
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync('../../../blobs/missing', path);
    expect(await findInHuggingFaceCache(hub, file)).toBeUndefined();
    expect(await findInHuggingFaceCache(join(hub, 'nowhere'), file)).toBeUndefined();
  });

  it('serves RunPod’s cached models through the store, verified', async () => {
    const hub = cacheWith(['c0ffee'], { main: 'c0ffee' });
    const store = openModelStore({
      manifest: smallManifest({ 'model.onnx': content }, { path: 'onnx/model.onnx' }),
      folders: foldersIn(temporaryFolder(), { huggingFaceCaches: [hub] }),
      offline: true,
    });
    expect(await store.obtain('small')).toMatchObject({
      place: 'huggingface-cache',
      paths: { 'model.onnx': inSnapshot(hub, 'c0ffee') },
    });
  });

  it('refuses another file of the same name there, and does not look elsewhere', async () => {
    const hub = cacheWith(['c0ffee']);
    const store = openModelStore({
      manifest: smallManifest({ 'model.onnx': contentOf(1000, 7) }, { path: 'onnx/model.onnx' }),
      folders: foldersIn(temporaryFolder(), { huggingFaceCaches: [hub] }),
    });
    await expect(store.obtain('small')).rejects.toMatchObject({ code: 'model_checksum_mismatch' });
    await expect(store.obtain('small')).rejects.toThrow(/Remove the model from that Hugging Face cache/);
  });
});
