import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shippedManifest } from '../../models/manifest.ts';
import { modelFolders } from '../../models/model-folders.ts';
import { fileOfRole, graphOfRole, openModelStore } from '../../models/store.ts';
import { buildScript, removeScript, startScript } from '../support/child-script.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { serveBytes, startFileServer } from './support/file-server.ts';
import { contentOf, foldersIn, smallManifest, storeAt } from './support/small-model.ts';

const contents = { 'model.onnx': contentOf(300_000), 'model.onnx.data': contentOf(500_000, 2) };
const manifest = smallManifest(contents);

/** Serves both files of the model; `slow` sends the first half only and waits. */
function serveModel(slow: (earlier: number) => boolean = () => false) {
  return startFileServer((request, response, earlier) => {
    const bytes = contents[request.url!.split('/').at(-1) as keyof typeof contents];
    if (!slow(earlier)) {
      serveBytes(request, response, bytes);
      return;
    }
    response.writeHead(200, { 'content-length': bytes.length });
    response.write(bytes.subarray(0, bytes.length / 2));
  });
}

function writeModel(folder: string, change: Partial<typeof contents> = {}): void {
  mkdirSync(join(folder, 'small'), { recursive: true });
  for (const [name, bytes] of Object.entries({ ...contents, ...change }))
    writeFileSync(join(folder, 'small', name), bytes);
}

describe('the store with the shipped manifest', () => {
  const store = openModelStore({
    manifest: shippedManifest(),
    folders: modelFolders({ HOME: '/nowhere' }),
    offline: true,
  });

  it('resolves every embedded model without network and without a home folder', async () => {
    for (const { id, embedded } of store.manifest.models) {
      if (!embedded) continue;
      const model = await store.obtain(id);
      expect(model.place, id).toBe('embedded');
      for (const path of Object.values(model.paths)) expect(existsSync(path), path).toBe(true);
    }
  });

  it('hands out graphs in the form that sessions want, and files by role', async () => {
    const model = await store.obtain('ge2e');
    expect(graphOfRole(model)).toEqual({
      id: 'ge2e',
      path: model.paths['model.onnx'],
      sha256: 'd07e345d3d2bf10c208e0d7edafe5999433fa0b0cd6d00989682bed1ff713bed',
      inputs: ['mels'],
      outputs: ['embeddings'],
    });
    expect(fileOfRole(model, 'mean')).toBe(model.paths['mean.npy']);
    expect(() => fileOfRole(model, 'vocabulary')).toThrow(
      /no file with the role vocabulary; it has model, mean/,
    );
  });

  it('says offline which files are missing and how to get them', async () => {
    const failure = store.obtain('wespeaker-voxceleb-resnet34-lm');
    await expect(failure).rejects.toMatchObject({
      code: 'model_missing',
      details: { model: 'wespeaker-voxceleb-resnet34-lm' },
    });
    await expect(failure).rejects.toThrow(
      /voxceleb_resnet34_LM\.onnx.*switched off.*colloquy models pull wespeaker-voxceleb-resnet34-lm/,
    );
    await expect(store.obtain('nope')).rejects.toMatchObject({ code: 'model_unknown' });
  });
});

describe('places', () => {
  it('are taken in order: shared folders first, downloads last, and only when all files are there', async () => {
    const root = temporaryFolder();
    const [first, second] = [join(root, 'first'), join(root, 'second')];
    const folders = foldersIn(root, { shared: [first, second] });
    const store = openModelStore({ manifest, folders, offline: true });
    writeModel(folders.downloads);
    expect((await store.obtain('small')).place).toBe('downloads');
    writeModel(second);
    expect((await store.obtain('small')).paths['model.onnx']).toBe(join(second, 'small', 'model.onnx'));
    mkdirSync(join(first, 'small'), { recursive: true });
    writeFileSync(join(first, 'small', 'model.onnx'), contents['model.onnx']);
    expect((await store.locate('small'))?.paths['model.onnx']).toBe(join(second, 'small', 'model.onnx'));
  });

  it('with a damaged file are an error that says what to do there', async () => {
    const root = temporaryFolder();
    const shared = join(root, 'shared');
    writeModel(shared, { 'model.onnx.data': contentOf(500_000, 8) });
    const store = openModelStore({ manifest, folders: foldersIn(root, { shared: [shared] }), offline: true });
    for (const method of ['obtain', 'verify', 'pull'] as const) {
      const error = (await store[method]('small').catch((reason: unknown) => reason)) as Error;
      expect(error).toMatchObject({ code: 'model_checksum_mismatch', details: { file: 'model.onnx.data' } });
      expect(error.message).toContain('Replace it in that folder');
    }
  });

  it('a damaged download is named with its remedy, and pull mends just that file', async () => {
    const root = temporaryFolder();
    writeModel(join(root, 'downloads'), { 'model.onnx.data': contentOf(500_000, 8) });
    const server = await serveModel();
    const store = storeAt(server.origin, root, { manifest });
    await expect(store.obtain('small')).rejects.toThrow(/colloquy models pull small/);
    expect(server.requests).toHaveLength(0);
    await store.pull('small');
    expect(server.requests.map(({ path }) => path)).toEqual(['/org/small/resolve/abc123/model.onnx.data']);
    await store.verify('small');
  });

  it('an embedded model that is damaged is not used', async () => {
    const root = temporaryFolder();
    const embedded = structuredClone(manifest);
    Object.assign(embedded.models[0]!, { embedded: true });
    writeModel(join(root, 'embedded'), { 'model.onnx': contentOf(300_000, 8) });
    const store = openModelStore({ manifest: embedded, folders: foldersIn(root) });
    await expect(store.obtain('small')).rejects.toThrow(/Restore models\/embedded/);
  });

  it('that cannot be written are named', async () => {
    const root = temporaryFolder();
    writeFileSync(join(root, 'downloads'), 'a file');
    const server = await serveModel();
    await expect(storeAt(server.origin, root, { manifest }).pull('small')).rejects.toMatchObject({
      code: 'output_not_writable',
    });
  });
});

describe('several processes', () => {
  let script: string;
  beforeAll(async () => {
    script = await buildScript('test/models/support/pull-script.ts');
  });
  afterAll(() => removeScript(script));

  it('that pull the same model download it once', async () => {
    const root = temporaryFolder();
    const server = await startFileServer((request, response) => {
      const bytes = contents[request.url!.split('/').at(-1) as keyof typeof contents];
      // Long enough that both processes are there before the first is done.
      setTimeout(() => serveBytes(request, response, bytes), 500);
    });
    const children = [
      startScript(script, server.origin, root, manifest),
      startScript(script, server.origin, root, manifest),
    ];
    const results = await Promise.all(children.map(({ ended }) => ended));
    const outputs = results.map(
      ({ stdout }) => JSON.parse(stdout) as { waited: boolean; paths: Record<string, string> },
    );
    expect(results.map(({ code }) => code)).toEqual([0, 0]);
    expect(outputs.map(({ waited }) => waited).sort()).toEqual([false, true]);
    expect(outputs[0]!.paths).toEqual(outputs[1]!.paths);
    expect(server.requests).toHaveLength(2);
    for (const [name, bytes] of Object.entries(contents)) {
      expect(readFileSync(outputs[0]!.paths[name]!).equals(bytes), name).toBe(true);
    }
  });

  it('go on where one was killed', async () => {
    const root = temporaryFolder();
    const server = await serveModel((earlier) => earlier === 0);
    const { process: victim, ended } = startScript(script, server.origin, root, manifest);
    const part = join(root, 'downloads', 'small', 'model.onnx.part');
    while (!existsSync(part) || readFileSync(part).length < 150_000) await delay(10);
    victim.kill('SIGKILL');
    expect((await ended).signal).toBe('SIGKILL');
    expect(existsSync(join(root, 'downloads', 'small', '.lock'))).toBe(true);

    const { code } = await startScript(script, server.origin, root, manifest).ended;
    expect(code).toBe(0);
    expect(server.requests[1]!.range).toBe('bytes=150000-');
    await storeAt(server.origin, root, { manifest, offline: true }).verify('small');
    expect(existsSync(join(root, 'downloads', 'small', '.lock'))).toBe(false);
  });
});
