/**
 * Graphs as the runtime made them ready, kept for the next start: optimising a graph takes longer than loading the result
 * (`npm run bench -- cold-start`, and again with COLLOQUY_SAVED_GRAPHS=off).
 *
 * A saved graph belongs to the bytes of its model, its form, the version of the runtime and the processor; all are in its
 * name. A file that was cut short or changed is not used and made anew.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, cpus, platform } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { ExecutionProvider } from './execution-provider.ts';
import { processorFeatures } from './processor.ts';
import type { ModelFile } from './session.ts';

/** What else than the model decides how a graph is made ready. */
export type SavedGraphConditions = {
  /** Of the graph that was made from the file; absent where it is that of the file. */
  readonly form: string | undefined;
  readonly provider: ExecutionProvider;
};

/** Behind the graph: a checksum of 4 bytes, then this. */
const MARK = Buffer.from('CLQGRAPH');
const TRAILER_BYTES = 4 + MARK.length;
/** The runtime knows by it that it is to write its own format. */
const EXTENSION = '.ort';
/** Graphs of other versions and processors are removed when nobody made them for so long. */
const MAX_AGE_MS = 30 * 24 * 3600 * 1000;

/** Where the graph of a model is kept, or nothing for a model whose bytes are not known. */
export function savedGraphPath(
  folder: string,
  { id, sha256, exposed = [] }: ModelFile,
  { form, provider }: SavedGraphConditions,
): string | undefined {
  if (sha256 === undefined) return undefined;
  const facts = [
    sha256,
    exposed,
    form,
    provider,
    runtimeVersion(),
    arch(),
    platform(),
    cpus()[0]?.model,
    processorFeatures(),
  ];
  const key = createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 32);
  return join(folder, `${id.replaceAll(/[^\w.-]/g, '_')}-${key}${EXTENSION}`);
}

/** Whether there is something to read. */
export async function isSaved(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** The bytes of a saved graph; nothing where the file is missing or not as it was written. */
export async function readSavedGraph(path: string): Promise<Uint8Array | undefined> {
  const file = await readFile(path).catch(() => undefined);
  if (file === undefined || file.length < TRAILER_BYTES) return undefined;
  const end = file.length - TRAILER_BYTES;
  const graph = file.subarray(0, end);
  const isWhole = file.subarray(end + 4).equals(MARK) && file.readUInt32LE(end) === crc32(graph);
  return isWhole ? graph : undefined;
}

/** A file for the runtime to write its graph to; nothing where the folder cannot be written. */
export async function prepareToSave(path: string): Promise<string | undefined> {
  const draft = path.slice(0, -EXTENSION.length) + `.${randomUUID()}.draft${EXTENSION}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(draft, '', { flag: 'wx', mode: 0o600 });
    return draft;
  } catch {
    return undefined;
  }
}

/** Puts what the runtime wrote into its place. What cannot be kept is made again next time. */
export async function keepSavedGraph(draft: string, path: string): Promise<void> {
  try {
    const graph = await readFile(draft);
    if (graph.length === 0) throw new Error('The runtime wrote nothing.');
    const trailer = Buffer.alloc(TRAILER_BYTES);
    trailer.writeUInt32LE(crc32(graph));
    MARK.copy(trailer, 4);
    await writeFile(draft, trailer, { flag: 'a' });
    await rename(draft, path);
    await removeOld(dirname(path), basename(path));
  } catch {
    await dropSavedGraph(draft);
  }
}

/** Removes a saved graph, or a draft of one. */
export async function dropSavedGraph(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => undefined);
}

async function removeOld(folder: string, kept: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name === kept || !name.endsWith(EXTENSION)) continue;
    const { mtimeMs } = await stat(join(folder, name));
    if (Date.now() - mtimeMs > MAX_AGE_MS) await dropSavedGraph(join(folder, name));
  }
}

let version: string | undefined;

/** Without loading the runtime, which takes long. */
function runtimeVersion(): string {
  version ??= (createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string })
    .version;
  return version;
}
