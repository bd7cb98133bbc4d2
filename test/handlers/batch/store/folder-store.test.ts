import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FolderStore } from '../../../../handlers/batch/store/folder-store.ts';
import { hasAtomicCreate } from '../../../../handlers/batch/store/probe-store.ts';
import { lockForWriting } from '../../../../handlers/batch/store/writer-lock.ts';
import { keyWithin } from '../../../../handlers/batch/store/open-place.ts';
import { parsePlace } from '../../../../handlers/batch/store/parse-place.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const { signal } = new AbortController();
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (value: Uint8Array | undefined): string => new TextDecoder().decode(value);

async function keysOf(store: FolderStore, prefix = ''): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of store.list(prefix, signal)) keys.push(...page.map(({ key }) => key));
  return keys;
}

describe('a folder as a store', () => {
  it('lets one of many create an object', async () => {
    const store = new FolderStore(temporaryFolder());
    const made = await Promise.all(
      Array.from({ length: 32 }, (_, i) => store.create('a/b/c.json', bytes(String(i)))),
    );
    expect(made.filter(Boolean)).toHaveLength(1);
    expect(text(await store.read('a/b/c.json'))).toBe(String(made.indexOf(true)));
    expect(await hasAtomicCreate(store, 'probes/', signal)).toBe(true);
  });

  it('leaves no half-written file, and lists none', async () => {
    const folder = temporaryFolder();
    const store = new FolderStore(folder);
    await store.write('x/ü +%.json', bytes('1'));
    await store.write('x/ü +%.json', bytes('2'));
    writeFileSync(join(folder, 'x', '.abc.part'), 'half');
    expect(await keysOf(store)).toEqual(['x/ü +%.json']);
    expect(readdirSync(join(folder, 'x'))).toHaveLength(2);
    await store.remove('x/ü +%.json');
    await store.remove('x/ü +%.json');
    expect(await store.read('x/ü +%.json')).toBeUndefined();
  });

  it('lists below a prefix only, in the same order each time', async () => {
    const store = new FolderStore(temporaryFolder());
    for (const key of ['b/2', 'a/1', 'ab', 'a/b/3']) await store.write(key, bytes(''));
    expect(await keysOf(store)).toEqual(['a/1', 'a/b/3', 'ab', 'b/2']);
    expect(await keysOf(store, 'a/')).toEqual(['a/1', 'a/b/3']);
    expect(await keysOf(new FolderStore('/nowhere/at/all'))).toEqual([]);
  });

  it('sees that a recording was replaced, by size and both ends; by all bytes when asked', async () => {
    const folder = temporaryFolder();
    const whole = new Uint8Array(300_000);
    const store = new FolderStore(folder);
    const exact = new FolderStore(folder, { exact: true });
    await store.write('r.wav', whole);
    const [before, exactBefore] = [await store.head('r.wav'), await exact.head('r.wav')];
    whole[150_000] = 1;
    await store.write('r.wav', whole);
    expect(await store.head('r.wav')).toEqual(before);
    expect(await exact.head('r.wav')).not.toEqual(exactBefore);
    whole[299_999] = 1;
    await store.write('r.wav', whole);
    expect(await store.head('r.wav')).not.toEqual(before);
    await expect(store.recording(before!).open(signal)).rejects.toThrow(/replaced/);
    expect(await store.head('none.wav')).toBeUndefined();
  });

  it('reads and writes nothing outside of itself', async () => {
    const folder = temporaryFolder();
    const store = new FolderStore(join(folder, 'inside'));
    for (const key of ['../x', 'a/../../x', '/etc/passwd']) {
      await expect(store.write(key, bytes('1'))).rejects.toMatchObject({ code: 'invalid_option' });
      await expect(store.head(key)).rejects.toMatchObject({ code: 'invalid_option' });
    }
    expect(existsSync(join(folder, 'x'))).toBe(false);
  });
});

describe('the lock of a store without conditions', () => {
  it('keeps a second writer out until the first has gone, or died', async () => {
    const store = new FolderStore(temporaryFolder());
    const options = { settleMs: 1, watchMs: 1 };
    const unlock = await lockForWriting(store, 'lock', signal, options);
    await expect(lockForWriting(store, 'lock', signal, options)).rejects.toMatchObject({
      code: 'overloaded',
    });
    const later = (): number => Date.now() + 600_000;
    await (
      await lockForWriting(store, 'lock', signal, { ...options, now: later })
    )();
    await unlock();
    await (
      await lockForWriting(store, 'lock', signal, options)
    )();
  });
});

describe('places', () => {
  it('are folders or buckets', () => {
    expect(parsePlace('recordings')).toEqual({ kind: 'folder', folder: 'recordings' });
    expect(parsePlace('s3://calls')).toEqual({ kind: 's3', bucket: 'calls', prefix: '' });
    expect(parsePlace('s3://calls/2026/01/')).toEqual({ kind: 's3', bucket: 'calls', prefix: '2026/01/' });
    for (const wrong of ['s3://', 's3://A', 'https://host/x', 'gs://bucket/x']) {
      expect(() => parsePlace(wrong)).toThrow(/Expected/);
    }
  });

  it('know whether one is inside another', () => {
    expect(keyWithin('s3://aaa/x', 's3://aaa/x/y/')).toBe('y/');
    expect(keyWithin('s3://aaa/x', 's3://aaa/xy')).toBeUndefined();
    expect(keyWithin('s3://aaa', 's3://bbb')).toBeUndefined();
    expect(keyWithin('/data', '/data/out')).toBe('out/');
    expect(keyWithin('/data', '/data/')).toBe('');
    expect(keyWithin('/data', '/database')).toBeUndefined();
    expect(keyWithin('/data', 's3://data')).toBeUndefined();
  });
});
