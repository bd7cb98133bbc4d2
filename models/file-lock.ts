import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readFileSync, readlinkSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { isSpeechError, OutputError, throwIfAborted } from '../core/errors.ts';
import { systemErrorCode } from '../core/system-error-code.ts';

export type FileLockOptions = {
  readonly signal?: AbortSignal | undefined;
  /** Called once when another process holds the lock. */
  readonly onWait?: (() => void) | undefined;
  /** How often the holder shows that it lives. */
  readonly heartbeatMs?: number | undefined;
  /** A holder that showed no life for so long is gone. Far more than a heartbeat: network disks cache file times. */
  readonly staleAfterMs?: number | undefined;
  readonly pollMs?: number | undefined;
  /** Name of this machine, by which dead neighbours are known. @default host and process namespace */
  readonly machine?: string | undefined;
  /** What cannot be written where the lock cannot be made, and what to do about it. */
  readonly unwritable?: UnwritableFolder | undefined;
};

/** Words for a folder that cannot be written. */
export type UnwritableFolder = { readonly folder: string; readonly remedy: string };

const DOWNLOADED_MODELS: UnwritableFolder = {
  folder: 'The folder for downloaded models',
  remedy: 'Make it writable or name another one with COLLOQUY_CACHE.',
};

export const DEFAULT_FILE_LOCK_OPTIONS = Object.freeze({
  heartbeatMs: 5_000,
  staleAfterMs: 60_000,
  pollMs: 100,
});

/** Given to the work that runs under a lock. */
export type HeldLock = {
  /** False once another process took the lock for abandoned, e.g. after this machine slept: do not publish then. */
  readonly isHeld: () => boolean;
};

type LockSettings = Pick<FileLockOptions, 'signal' | 'onWait'> & {
  readonly heartbeatMs: number;
  readonly staleAfterMs: number;
  readonly pollMs: number;
  readonly machine: string;
};

type Holder = { readonly token: string; readonly machine: string; readonly pid: number };

/**
 * Runs `work` while no other process, on this machine or on another that shares the folder, holds the lock.
 *
 * The lock is a file created exclusively, with its holder inside and a modification time that the holder renews. It
 * is taken over at once when its holder was a process of this machine that is gone (a killed download), else when its
 * time stood still for `staleAfterMs` as watched with our own clock, so clocks need not agree. The file is removed at
 * the end, whatever happens.
 *
 * The lock saves double work; what makes downloads safe is the checksum before the rename.
 *
 * @throws SpeechError `canceled` while waiting, `output_not_writable` when the lock file cannot be made
 */
export async function withFileLock<T>(
  path: string,
  work: (lock: HeldLock) => Promise<T>,
  options: FileLockOptions = {},
): Promise<T> {
  const settings = {
    heartbeatMs: options.heartbeatMs ?? DEFAULT_FILE_LOCK_OPTIONS.heartbeatMs,
    staleAfterMs: options.staleAfterMs ?? DEFAULT_FILE_LOCK_OPTIONS.staleAfterMs,
    pollMs: options.pollMs ?? DEFAULT_FILE_LOCK_OPTIONS.pollMs,
    machine: options.machine ?? thisMachine(),
    signal: options.signal,
    onWait: options.onWait,
  };
  const content = JSON.stringify({
    token: randomUUID(),
    machine: settings.machine,
    pid: process.pid,
  } satisfies Holder);
  await acquire(path, content, settings).catch((error: unknown) => {
    throw isSpeechError(error) ? error : notWritable(path, options.unwritable ?? DOWNLOADED_MODELS, error);
  });
  const heartbeat = setInterval(() => {
    const now = new Date();
    // A failure shows in isHeld; a heartbeat itself has nobody to tell.
    utimes(path, now, now).catch(() => undefined);
  }, settings.heartbeatMs);
  heartbeat.unref();
  try {
    return await work({ isHeld: () => readIfThere(path) === content });
  } finally {
    clearInterval(heartbeat);
    if (readIfThere(path) === content) removeIfThere(path);
  }
}

async function acquire(path: string, content: string, settings: LockSettings): Promise<void> {
  const life = watchLife(path, settings.staleAfterMs);
  let told = false;
  for (;;) {
    throwIfAborted(settings.signal);
    if (createExclusively(path, content)) return;
    const holder = readIfThere(path);
    if (holder !== undefined) {
      const abandoned = isDeadNeighbour(holder, settings.machine) || life.standsStill(holder);
      if (abandoned && removeAbandoned(path, holder, settings.staleAfterMs)) continue;
      if (!abandoned && !told) settings.onWait?.();
      told ||= !abandoned;
    }
    await delay(settings.pollMs, undefined, settings.signal ? { signal: settings.signal } : {}).catch(
      () => undefined,
    );
  }
}

/** Tells whether content and time of the lock file have not changed for so long, by our own monotonic clock. */
function watchLife(path: string, staleAfterMs: number): { standsStill: (holder: string) => boolean } {
  let seen = '';
  let since = performance.now();
  return {
    standsStill: (holder) => {
      const now = `${holder}${modifiedMs(path)}`;
      if (now !== seen) {
        seen = now;
        since = performance.now();
      }
      return performance.now() - since > staleAfterMs;
    },
  };
}

/**
 * Removes a lock whose holder is gone. A second file guards this, held for microseconds of synchronous calls: without
 * it two waiters could both judge the old lock, and the slower one remove the new lock of the faster one.
 */
function removeAbandoned(path: string, holder: string, staleAfterMs: number): boolean {
  const guard = `${path}.takeover`;
  if (!createExclusively(guard, '')) {
    if (Date.now() - modifiedMs(guard) > staleAfterMs) removeIfThere(guard);
    return false;
  }
  try {
    if (readIfThere(path) === holder) removeIfThere(path);
    return true;
  } finally {
    removeIfThere(guard);
  }
}

/** True when the holder ran on this machine and its process is gone. */
function isDeadNeighbour(content: string, machine: string): boolean {
  let holder: Partial<Holder>;
  try {
    holder = JSON.parse(content) as Partial<Holder>;
  } catch {
    return false; // Being written, or not ours: only the clock can tell.
  }
  return holder.machine === machine && typeof holder.pid === 'number' && processHasEnded(holder.pid);
}

/** True when no process of this machine has this number any more. */
export function processHasEnded(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return isZombie(pid);
  } catch (error) {
    return systemErrorCode(error) === 'ESRCH';
  }
}

/** A killed process that its parent has not collected yet still answers signals. */
function isZombie(pid: number): boolean {
  // "pid (name) state …"; the name may hold brackets, so the last one counts.
  return readIfThere(`/proc/${pid}/stat`)?.split(') ').at(-1)?.startsWith('Z') ?? false;
}

/** Host and process namespace: containers with the same host name count their processes apart. */
export function thisMachine(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

function createExclusively(path: string, content: string): boolean {
  try {
    const file = openSync(path, 'wx', 0o644);
    try {
      writeSync(file, content);
    } finally {
      closeSync(file);
    }
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

function notWritable(path: string, { folder, remedy }: UnwritableFolder, cause: unknown): OutputError {
  const reason = systemErrorCode(cause) ?? 'unknown reason';
  return new OutputError(
    'output_not_writable',
    `${folder} cannot be written (${reason} at ${path}). ${remedy}`,
    {
      cause,
      details: { reason },
    },
  );
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Somebody else removed it.
  }
}

function modifiedMs(path: string): number {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return Number.NaN;
  }
}
