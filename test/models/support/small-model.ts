import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { parseManifest, type ManifestFile, type ModelManifest } from '../../../models/manifest.ts';
import type { ModelFolders } from '../../../models/model-folders.ts';
import { openModelStore, type ModelStore, type ModelStoreOptions } from '../../../models/store.ts';

/** Bytes that are the same in every run and do not repeat. */
export function contentOf(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

export function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A manifest of one model `small` whose files have these contents; roles follow the order. */
export function smallManifest(
  contents: Readonly<Record<string, Buffer>>,
  change: { withoutBytes?: boolean; sha256?: string; path?: string } = {},
): ModelManifest {
  const roles = ['model', 'weights', 'vocabulary'] as const;
  const files = Object.entries(contents).map(([name, bytes], index) => ({
    name,
    role: roles[index]!,
    sha256: change.sha256 ?? sha256Of(bytes),
    ...(change.withoutBytes ? {} : { bytes: bytes.length }),
    sources: [{ huggingFace: { repository: 'org/small', revision: 'abc123', path: change.path ?? name } }],
  }));
  return parseManifest({ schemaVersion: 1, models: [smallEntry(files)] }, 'test manifest');
}

/** The least that an entry needs. */
export function smallEntry(files: readonly Partial<ManifestFile>[]): Record<string, unknown> {
  return {
    id: 'small',
    title: 'A small model',
    task: 'vad',
    licence: { spdx: 'MIT', attribution: 'nobody' },
    sampleRate: 16000,
    frontEnd: 'waveform',
    files,
  };
}

/** Folders below one temporary folder, none of which exists yet. */
export function foldersIn(root: string, change: Partial<ModelFolders> = {}): ModelFolders {
  return {
    embedded: join(root, 'embedded'),
    shared: [],
    huggingFaceCaches: [],
    downloads: join(root, 'downloads'),
    stamps: join(root, 'stamps'),
    ...change,
  };
}

/** A store that fetches from a loopback server, with short pauses. */
export function storeAt(
  origin: string,
  root: string,
  options: Partial<ModelStoreOptions> & Pick<ModelStoreOptions, 'manifest'>,
): ModelStore {
  return openModelStore({
    folders: foldersIn(root),
    huggingFaceEndpoint: origin,
    network: { allowLoopback: true },
    firstPauseMs: 5,
    ...options,
  });
}
