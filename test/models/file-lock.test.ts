import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withFileLock } from '../../models/file-lock.ts';
import { buildScript, removeScript, startScript } from '../support/child-script.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let script: string;
beforeAll(async () => {
  script = await buildScript('test/models/support/lock-script.ts');
});
afterAll(() => removeScript(script));

function linesOf(journal: string): string[] {
  return existsSync(journal) ? readFileSync(journal, 'utf8').trim().split('\n') : [];
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(5);
}

describe('withFileLock', () => {
  it('returns what the work returns and leaves nothing behind, also after a failure', async () => {
    const lock = join(temporaryFolder(), 'lock');
    const inside = await withFileLock(lock, ({ isHeld }) => Promise.resolve(isHeld() && existsSync(lock)));
    expect(inside).toBe(true);
    expect(existsSync(lock)).toBe(false);
    await expect(withFileLock(lock, () => Promise.reject(new Error('inside')))).rejects.toThrow('inside');
    expect(existsSync(lock)).toBe(false);
  });

  it('lets several processes in one after the other, never two at a time', async () => {
    const folder = temporaryFolder();
    const [lock, journal] = [join(folder, 'lock'), join(folder, 'journal')];
    const children = [1, 2, 3].map(() => startScript(script, lock, journal, 20, 1));
    for (const { ended } of children) expect(await ended).toMatchObject({ code: 0, stderr: '' });
    const lines = linesOf(journal);
    expect(lines).toHaveLength(120);
    for (let index = 0; index < lines.length; index += 2) {
      expect(lines[index + 1], `line ${index + 1}`).toBe(lines[index]!.replace('in', 'out'));
    }
  });

  it('is free at once when its holder was killed', async () => {
    const folder = temporaryFolder();
    const [lock, journal] = [join(folder, 'lock'), join(folder, 'journal')];
    const { process: holder, ended } = startScript(script, lock, journal, 0, 0);
    await until(() => linesOf(journal).length === 1);
    holder.kill('SIGKILL');
    await ended;
    expect(existsSync(lock)).toBe(true);
    await withFileLock(lock, () => Promise.resolve(), { staleAfterMs: 600_000, pollMs: 2 });
    expect(existsSync(lock)).toBe(false);
  });

  it('takes over from a holder on another machine only when its time stands still', async () => {
    const lock = join(temporaryFolder(), 'lock');
    writeFileSync(lock, JSON.stringify({ token: 'x', machine: 'elsewhere', pid: 1 }));
    const beats = setInterval(() => utimesSync(lock, new Date(), new Date()), 20);
    let entered = false;
    const work = withFileLock(lock, () => Promise.resolve((entered = true)), {
      staleAfterMs: 300,
      pollMs: 5,
    });
    await delay(900);
    expect(entered).toBe(false);
    clearInterval(beats);
    await work;
    expect(entered).toBe(true);
  });

  it('is not blocked for ever by a lock file without contents, or by an abandoned takeover', async () => {
    const lock = join(temporaryFolder(), 'lock');
    writeFileSync(lock, '');
    writeFileSync(`${lock}.takeover`, '');
    const longAgo = new Date(Date.now() - 3_600_000);
    utimesSync(`${lock}.takeover`, longAgo, longAgo);
    await withFileLock(lock, () => Promise.resolve(), { staleAfterMs: 50, pollMs: 5 });
    expect(existsSync(lock)).toBe(false);
    expect(existsSync(`${lock}.takeover`)).toBe(false);
  });

  it('tells its holder when somebody else took the lock', async () => {
    const lock = join(temporaryFolder(), 'lock');
    await withFileLock(lock, ({ isHeld }) => {
      writeFileSync(lock, 'somebody else');
      expect(isHeld()).toBe(false);
      return Promise.resolve();
    });
    expect(readFileSync(lock, 'utf8')).toBe('somebody else');
  });

  it('stops waiting when canceled, and says when the folder cannot be written', async () => {
    const lock = join(temporaryFolder(), 'lock');
    writeFileSync(lock, JSON.stringify({ token: 'x', machine: 'elsewhere', pid: 1 }));
    let waits = 0;
    const waiting = withFileLock(lock, () => Promise.resolve(), {
      signal: AbortSignal.timeout(50),
      onWait: () => waits++,
    });
    await expect(waiting).rejects.toMatchObject({ code: 'canceled' });
    expect(waits).toBe(1);
    mkdirSync(`${lock}-folder`);
    await expect(withFileLock(join(lock, 'x'), () => Promise.resolve())).rejects.toMatchObject({
      code: 'output_not_writable',
    });
  });
});
