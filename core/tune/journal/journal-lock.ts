import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { CapacityError, OutputError, throwIfAborted } from '../../errors.ts';

export type LockOptions = {
  /** Name of this machine. Default: the system's. */
  readonly host: string;
  /** A lock that stays as it is for so long belongs to nobody. @default 30,000 ms */
  readonly staleAfterMs: number;
  /** After so long there is something wrong. @default 300,000 ms */
  readonly giveUpAfterMs: number;
  readonly signal: AbortSignal | undefined;
};

export const DEFAULT_LOCK_OPTIONS: LockOptions = Object.freeze({
  host: hostname(),
  staleAfterMs: 30_000,
  giveUpAfterMs: 300_000,
  signal: undefined,
});

/** What linking fails with where it does not exist. */
const WITHOUT_LINKS = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK']);
/** Between two looks at a lock: short beside a trial, long beside a write. */
const POLL_MS = 3;
const MOST_POLL_MS = 60;

/**
 * A lock that is a file beside the journal, so that it works for all who share the folder. It holds who has it; one
 * whose process is gone is taken away at once on the same machine, and elsewhere after it has not changed for long, by
 * the waiter's own clock.
 */
export class JournalLock {
  readonly #path: string;
  readonly #options: LockOptions;

  constructor(path: string, options: LockOptions) {
    this.#path = path;
    this.#options = options;
  }

  /**
   * Waits for the lock.
   *
   * @returns what gives it back
   * @throws CapacityError `overloaded` when others hold it for far too long; OutputError; CanceledError
   */
  async acquire(): Promise<() => void> {
    const own = `${JSON.stringify({ host: this.#options.host, pid: process.pid, token: randomUUID() })}\n`;
    const started = performance.now();
    let seen: { readonly text: string; readonly since: number } | undefined;
    for (let wait = POLL_MS; ; wait = Math.min(MOST_POLL_MS, wait * 1.3)) {
      throwIfAborted(this.#options.signal);
      if (this.#create(own)) return () => this.#release(own);
      const text = this.#read();
      const now = performance.now();
      if (text !== seen?.text) seen = text === undefined ? undefined : { text, since: now };
      else if (seen !== undefined && this.#isAbandoned(seen.text, now - seen.since)) {
        this.#remove(seen.text, now - seen.since);
        continue;
      }
      if (now - started > this.#options.giveUpAfterMs) {
        throw new CapacityError(
          'overloaded',
          `The journal is locked by others for ${Math.round((now - started) / 1000)} s; if none of them is at work, delete ${this.#path}.`,
        );
      }
      await sleep(wait * (0.5 + Math.random()));
    }
  }

  /** A file with its contents from the first moment: whoever dies in between leaves no lock of nobody. */
  #create(own: string): boolean {
    const draft = `${this.#path}.${ownerOf(own)!.token}`;
    try {
      writeFileSync(draft, own, { flag: 'wx' });
      linkSync(draft, this.#path);
      return true;
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === 'EEXIST') return false;
      if (code !== undefined && WITHOUT_LINKS.has(code)) return this.#createInPlace(own);
      throw notLockable(cause);
    } finally {
      rmSync(draft, { force: true });
    }
  }

  /** Where the file system knows no second names. */
  #createInPlace(own: string): boolean {
    try {
      writeFileSync(this.#path, own, { flag: 'wx' });
      return true;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw notLockable(cause);
    }
  }

  #read(): string | undefined {
    try {
      return readFileSync(this.#path, 'utf8');
    } catch {
      return undefined;
    }
  }

  #isAbandoned(text: string, unchangedMs: number): boolean {
    if (unchangedMs > this.#options.staleAfterMs) return true;
    const owner = ownerOf(text);
    return owner !== undefined && owner.host === this.#options.host && !isAlive(owner.pid);
  }

  /**
   * Takes a lock away that belongs to nobody. The name of the claim, made of its token, can be had only once: so one
   * waiter alone removes it, and none a newer lock.
   */
  #remove(text: string, unchangedMs: number): void {
    const claim = `${this.#path}.${ownerOf(text)?.token ?? 'unreadable'}.stale`;
    try {
      writeFileSync(claim, '', { flag: 'wx' });
    } catch {
      // Another waiter is at it; unless he died meanwhile.
      if (unchangedMs > 2 * this.#options.staleAfterMs) rmSync(claim, { force: true });
      return;
    }
    if (this.#read() === text) rmSync(this.#path, { force: true });
    rmSync(claim, { force: true });
  }

  /** By way of a name of its own: between looking and removing nobody else's lock may take its place. */
  #release(own: string): void {
    const token = ownerOf(own)!.token;
    const away = `${this.#path}.${token}.done`;
    try {
      if (this.#read() !== own) return;
      renameSync(this.#path, away);
      unlinkSync(away);
    } catch {
      // Taken away by a waiter who thought us dead: nothing left to give back.
    }
  }
}

function notLockable(cause: unknown): OutputError {
  return new OutputError(
    'output_not_writable',
    `A lock cannot be made beside the journal (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'}); check the folder and its permissions.`,
    { cause },
  );
}

type Owner = { readonly host: string; readonly pid: number; readonly token: string };

function ownerOf(text: string): Owner | undefined {
  try {
    const owner = JSON.parse(text) as Partial<Owner>;
    const { host, pid, token } = owner;
    const isWhole = typeof host === 'string' && Number.isSafeInteger(pid) && typeof token === 'string';
    return isWhole && /^[\w-]{1,64}$/.test(token) ? { host, pid: pid!, token } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a process of this machine runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
