import { describe, expect, it } from 'vitest';
import { recogniserFilesOf } from '../../../handlers/setup/recogniser-files.ts';
import { type ManifestModel, shippedManifest } from '../../../models/manifest.ts';
import type { StoredModel } from '../../../models/store.ts';

function resolved(entry: ManifestModel): StoredModel {
  const paths = Object.fromEntries(entry.files.map(({ name }) => [name, `/models/${entry.id}/${name}`]));
  const files = entry.files.map((file) => ({ ...file, sha256: file.sha256 ?? '0'.repeat(64) }));
  return { id: entry.id, entry: { ...entry, files }, place: 'downloads', paths };
}

const models = shippedManifest().models.map(resolved);
const idsOf = (found: readonly StoredModel[]) => found.map(({ id }) => id).sort();

describe('recogniserFilesOf', () => {
  it.each([
    ['waveform', 'moonshine'],
    ['whisper-log-mel-80', 'whisper'],
    ['nemo-mel-128', 'nemo'],
  ])('hands every recogniser fed with %s to the family %s, each file in its place', (frontEnd, family) => {
    const own = models.filter(
      ({ entry }) => entry.task === 'speech-recognition' && entry.frontEnd === frontEnd,
    );
    expect(own.length).toBeGreaterThan(0);
    for (const model of own) {
      const { family: found, files } = recogniserFilesOf(model);
      expect(found, model.id).toBe(family);
      expect(files.encoder.path).toContain('encoder');
      expect(files.decoder?.path).toContain('decoder');
      const paths = Object.entries(files).filter(([name]) => name.endsWith('Path'));
      expect(new Set(paths.map(([, path]) => path)).size, model.id).toBe(paths.length);
    }
  });

  it('opens Whisper with 128 bands as it opens Whisper with 80', () => {
    const base = models.find(({ id }) => id === 'whisper-base')!;
    const large: StoredModel = { ...base, entry: { ...base.entry, frontEnd: 'whisper-log-mel-128' } };
    expect(recogniserFilesOf(large)).toEqual(recogniserFilesOf(base));
  });

  it('refuses models that recognise no speech', () => {
    const others = models.filter(({ entry }) => entry.task !== 'speech-recognition');
    expect(idsOf(others)).toContain('ge2e');
    for (const model of others) expect(() => recogniserFilesOf(model)).toThrow(/no recogniser/);
  });
});
