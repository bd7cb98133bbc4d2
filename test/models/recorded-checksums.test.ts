import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseManifest } from '../../models/manifest.ts';
import { modelUse } from '../../models/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { serveBytes, startFileServer } from './support/file-server.ts';
import { contentOf, sha256Of, smallEntry, storeAt } from './support/small-model.ts';

const published = contentOf(200_000);
const other = contentOf(200_000, 9);
const file = {
  name: 'model.onnx',
  role: 'model' as const,
  sources: [{ huggingFace: { repository: 'org/small', revision: 'main', path: 'model.onnx' } }],
};
const manifest = parseManifest({ schemaVersion: 1, models: [smallEntry([file])] }, 'test manifest');
const recordOf = (root: string) => join(root, 'downloads', 'small', 'checksums.json');
const modelOf = (root: string) => join(root, 'downloads', 'small', 'model.onnx');

/** A hub whose file is what `bytes` says at the time. */
async function hubAnd(root: string, bytes: () => Buffer) {
  const server = await startFileServer((request, response) => serveBytes(request, response, bytes()));
  return { server, store: storeAt(server.origin, root, { manifest }) };
}

describe('a published file whose checksum the manifest does not know', () => {
  it('is taken once, and must stay as it was then', async () => {
    const root = temporaryFolder();
    const { server, store } = await hubAnd(root, () => published);
    const model = await store.obtain('small');
    expect(JSON.parse(readFileSync(recordOf(root), 'utf8'))).toEqual({ 'model.onnx': sha256Of(published) });
    expect(modelUse(model).sha256).toBe(sha256Of(published));
    await store.verify('small');
    expect(server.requests).toHaveLength(1);

    writeFileSync(modelOf(root), other);
    await expect(store.verify('small')).rejects.toMatchObject({ code: 'model_checksum_mismatch' });
    await store.pull('small');
    expect(readFileSync(modelOf(root)).equals(published)).toBe(true);
  });

  it('is refused where its publisher replaced it, until the record is removed', async () => {
    const root = temporaryFolder();
    let now = published;
    const { store } = await hubAnd(root, () => now);
    await store.obtain('small');
    now = other;
    writeFileSync(modelOf(root), 'damaged');
    await expect(store.pull('small')).rejects.toMatchObject({ code: 'model_checksum_mismatch' });
  });

  it('is taken whole: what a server cut short is asked for again', async () => {
    const root = temporaryFolder();
    const server = await startFileServer((request, response, earlier) => {
      if (earlier > 0) {
        serveBytes(request, response, published);
        return;
      }
      response.writeHead(200, { 'content-length': published.length });
      response.write(published.subarray(0, 70_000));
      setTimeout(() => response.destroy(), 20);
    });
    await storeAt(server.origin, root, { manifest }).obtain('small');
    expect(readFileSync(modelOf(root)).equals(published)).toBe(true);
  });

  it('says what to do where its record cannot be read', async () => {
    const root = temporaryFolder();
    const { store } = await hubAnd(root, () => published);
    mkdirSync(join(root, 'downloads', 'small'), { recursive: true });
    writeFileSync(recordOf(root), '{"model.onnx": "no checksum"}');
    await expect(store.obtain('small')).rejects.toThrow(/checksums\.json cannot be read\. Remove the file/);
  });

  it('is no file of a model that ships, lies in a folder, or comes from elsewhere', () => {
    const parse = (entry: object) => () =>
      parseManifest({ schemaVersion: 1, models: [entry] }, 'test manifest');
    const licence = { spdx: 'MIT', attribution: 'nobody', file: 'LICENSE' };
    const elsewhere = { ...file, sources: [{ url: 'https://example.com/model.onnx' }] };
    for (const entry of [
      { ...smallEntry([file]), embedded: true, licence },
      { ...smallEntry([file]), folder: '/models/small' },
      smallEntry([elsewhere]),
    ])
      expect(parse(entry)).toThrow(/needs its sha256, unless it is fetched from Hugging Face alone/);
  });
});
