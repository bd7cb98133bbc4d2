import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { findModel, parseManifest, shippedManifest } from '../../models/manifest.ts';
import { embeddedModelsFolder } from '../../models/model-folders.ts';
import { hashFile } from '../../models/verify.ts';
import { smallEntry } from './support/small-model.ts';

const { models } = shippedManifest();
const embedded = models.filter((model) => model.embedded);
const file = {
  name: 'a.onnx',
  role: 'model' as const,
  sha256: 'a'.repeat(64),
  sources: [{ url: 'https://example.com/a' }],
};

function faultsOf(models: unknown[]): string {
  try {
    parseManifest({ schemaVersion: 1, models }, 'test manifest');
    return '';
  } catch (error) {
    expect(error).toMatchObject({ code: 'configuration_invalid' });
    return (error as Error).message;
  }
}

describe('the shipped manifest', () => {
  it('gives every model an id of its own, a licence and an attribution', () => {
    expect(new Set(models.map((model) => model.id)).size).toBe(models.length);
    for (const { id, licence } of models) {
      expect(licence.spdx, id).toMatch(/^(MIT|Apache-2\.0|CC-BY-4\.0)$/);
      expect(licence.attribution.length, id).toBeGreaterThan(5);
    }
  });

  it('pins every published file to an https source and a checksum, but for those that are recorded at first use', () => {
    const published = models.filter((model) => !model.embedded).flatMap((model) => model.files);
    expect(published.length).toBeGreaterThan(20);
    for (const { name, sources } of published) expect(sources, name).not.toHaveLength(0);
    const open = published.filter(({ sha256 }) => sha256 === undefined);
    // Their checksums were known to nobody here; each that becomes known is one less.
    expect(open.length).toBeLessThanOrEqual(34);
    for (const { name, sources } of open)
      expect(sources, name).toEqual([
        { huggingFace: expect.objectContaining({ revision: 'main' }) as object },
      ]);
  });

  it('names the embedded models whose files have exactly the listed size and checksum', async () => {
    expect(embedded.map((model) => model.id)).toEqual([
      'pyannote-segmentation-3.0',
      'ge2e',
      'campplus-zh-en',
      'silero-vad',
      'pyannote-community-1-plda',
      'moonshine-tiny',
      'whisper-base-q8',
    ]);
    for (const model of embedded) {
      for (const { name, sha256, bytes } of model.files) {
        expect(await hashFile(join(embeddedModelsFolder(), model.id, name)), `${model.id}/${name}`).toEqual({
          sha256,
          bytes,
        });
      }
    }
  });

  it('lists every file of models/embedded, but for licences and notices, and every licence text is there', () => {
    const listed = embedded.flatMap((model) => model.files.map(({ name }) => `${model.id}/${name}`));
    const present = readdirSync(embeddedModelsFolder(), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/^(LICENSE|NOTICE)/.test(entry.name))
      .map((entry) => `${entry.parentPath.slice(embeddedModelsFolder().length + 1)}/${entry.name}`);
    expect(present.sort()).toEqual(listed.sort());
    for (const { id, licence } of embedded) {
      expect(existsSync(join(embeddedModelsFolder(), id, licence.file!)), id).toBe(true);
    }
  });

  it('names tensors that the embedded graphs really have', async () => {
    for (const model of embedded) {
      for (const { name, tensors } of model.files) {
        if (!name.endsWith('.onnx')) continue;
        const session = await InferenceSession.create(join(embeddedModelsFolder(), model.id, name));
        expect(session.inputNames, `${model.id}/${name}`).toEqual(expect.arrayContaining(tensors!.inputs));
        expect(session.outputNames, `${model.id}/${name}`).toEqual(expect.arrayContaining(tensors!.outputs));
        await session.release();
      }
    }
  });
});

describe('parseManifest', () => {
  it('takes a model in one short entry', () => {
    const { models: parsed } = parseManifest(
      { schemaVersion: 1, models: [smallEntry([file])] },
      'test manifest',
    );
    expect(parsed[0]).toMatchObject({ id: 'small', embedded: false });
  });

  it.each([
    ['a checksum that is none', [{ ...file, sha256: 'abc' }], 'files[0].sha256'],
    ['a file name with a folder', [{ ...file, name: '../a.onnx' }], 'files[0].name'],
    ['a source that is not https', [{ ...file, sources: [{ url: 'http://example.com/a' }] }], 'https:// URL'],
    ['an unknown field', [{ ...file, checksum: 'x' }], 'checksum'],
    ['no sources', [{ ...file, sources: undefined }], 'needs sources'],
    ['the same role twice', [file, { ...file, name: 'b.onnx' }], 'same role'],
    ['the same name twice', [file, { ...file, role: 'weights' as const }], 'same name'],
    [
      'a path that leaves the repository',
      [{ ...file, sources: [{ huggingFace: { repository: 'a/b', revision: 'main', path: '../x' } }] }],
      'relative path',
    ],
  ])('refuses %s and says where', (_, files, expected) => {
    expect(faultsOf([smallEntry(files)])).toContain(expected);
  });

  it('refuses two models with one id, an embedded model without licence text, an encoder without dimension', () => {
    expect(faultsOf([smallEntry([file]), smallEntry([file])])).toContain('the id small is taken');
    expect(faultsOf([{ ...smallEntry([file]), embedded: true }])).toContain('licence file');
    expect(faultsOf([{ ...smallEntry([file]), task: 'speaker-embedding' }])).toContain('embeddingDimension');
  });
});

describe('findModel', () => {
  it('suggests similar ids for one that is unknown', () => {
    expect(() => findModel(shippedManifest(), 'whisper-large')).toThrow(/Similar ids: whisper-base/);
    expect(() => findModel(shippedManifest(), '')).toThrow(/colloquy models list/);
  });
});
