import { statfs } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import type { EventListener, OnEventProblem, OnHint } from './event-listener.ts';

/** A file counts as written when its size has not changed for so long: recorders write for hours. */
const STABLE_MS = 2_000;
const POLL_MS = 200;

export type FolderEventsOptions = {
  /** Look at files again and again. @default true for network file systems, which give no events */
  readonly polls?: boolean;
  /** @default 2000 ms */
  readonly stableMs?: number;
};

/** Types of `statfs(2)`: NFS, SMB, SMB 2, FUSE, 9p. */
const NETWORK_FILE_SYSTEMS: ReadonlySet<number> = new Set([
  0x6969, 0x517b, 0xfe534d42, 0xff534d42, 0x65735546, 0x01021997,
]);

/** Tells of files that come into a folder or change there, once they are written. */
export async function listenToFolder(
  folder: string,
  onHint: OnHint,
  onProblem: OnEventProblem,
  { polls, stableMs = STABLE_MS }: FolderEventsOptions = {},
): Promise<EventListener> {
  const { watch } = await import('chokidar');
  const root = resolve(folder);
  const watcher = watch(root, {
    // What is there already is found by the first listing.
    ignoreInitial: true,
    usePolling: polls ?? (await isNetworkFolder(root)),
    awaitWriteFinish: { stabilityThreshold: stableMs, pollInterval: Math.min(POLL_MS, stableMs) },
    ignored: (path) => path !== root && /[\\/]\.[^\\/]*$/.test(path),
  });
  const hint = (path: string): void => onHint([relative(root, path).split(sep).join('/')]);
  watcher.on('add', hint).on('change', hint);
  watcher.on('error', () =>
    onProblem('A part of the folder cannot be watched; listings find what is there.'),
  );
  await new Promise<void>((ready) => watcher.once('ready', ready));
  return { description: 'the folder', close: () => watcher.close() };
}

async function isNetworkFolder(folder: string): Promise<boolean> {
  const type = await statfs(folder).then(
    (stats) => stats.type,
    () => 0,
  );
  // Signed on some machines.
  return NETWORK_FILE_SYSTEMS.has(type >>> 0);
}
