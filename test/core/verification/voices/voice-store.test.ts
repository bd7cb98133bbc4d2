import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readVoiceKey } from '../../../../core/verification/voices/voice-encryption.ts';
import { encodeVoice } from '../../../../core/verification/voices/voice-file.ts';
import type { LockFile } from '../../../../core/lock-file.ts';
import { VoiceStore } from '../../../../core/verification/voices/voice-store.ts';
import { withFileLock } from '../../../../models/file-lock.ts';
import { makeVoice } from '../../../support/made-up-voices.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const lock: LockFile = (path, work) => withFileLock(path, work, { pollMs: 5 });
const key = readVoiceKey('ab'.repeat(32));

function storeIn(
  folder: string,
  extra: Partial<ConstructorParameters<typeof VoiceStore>[0]> = {},
): VoiceStore {
  return new VoiceStore({ folder, lock, ...extra });
}

function filesOf(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.voice.json'));
}

describe('VoiceStore', () => {
  it('keeps voices by name, sorted, in files for their owner alone', async () => {
    const folder = join(temporaryFolder(), 'new', 'voices');
    const store = storeIn(folder);
    for (const name of ['Zoë', 'Ana', '李雷']) await store.update(name, () => makeVoice(name, name.length));
    expect((await store.list()).map(({ name }) => name)).toEqual(['Ana', 'Zoë', '李雷']);
    expect(await store.find('Ana')).toEqual(makeVoice('Ana', 3));
    expect(await store.find('Ben')).toBeUndefined();
    for (const file of filesOf(folder)) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('keeps names apart that a file system may take for one', async () => {
    const folder = temporaryFolder();
    const store = storeIn(folder);
    for (const name of ['Ana', 'ana', 'A/na'.replace('/', ' '), 'A-na'])
      await store.update(name, () => makeVoice(name, 1));
    expect(new Set(filesOf(folder).map((file) => file.toLowerCase())).size).toBe(4);
  });

  it.each(['../Ana', 'a/b', '..', ''])('refuses the name %j everywhere', async (name) => {
    const store = storeIn(temporaryFolder());
    const refused = { code: 'invalid_option' };
    await expect(store.find(name)).rejects.toMatchObject(refused);
    await expect(store.update(name, () => makeVoice('x', 1))).rejects.toMatchObject(refused);
    await expect(store.remove(name)).rejects.toMatchObject(refused);
  });

  it('loses nothing when many change it at once', async () => {
    const folder = temporaryFolder();
    const stores = Array.from({ length: 8 }, () => storeIn(folder));
    await Promise.all(
      stores.map((store) =>
        store.update('Ana', async (existing) => {
          await new Promise((resolve) => setTimeout(resolve, 2));
          const voice = existing ?? { ...makeVoice('Ana', 1), samples: [] };
          return { ...voice, samples: [...voice.samples, { vector: voice.vector, quality: null }] };
        }),
      ),
    );
    expect((await stores[0]!.find('Ana'))!.samples).toHaveLength(8);
  });

  it('writes nothing when the change fails', async () => {
    const folder = temporaryFolder();
    const store = storeIn(folder);
    await store.update('Ana', () => makeVoice('Ana', 1));
    const failing = store.update('Ana', () => {
      throw new Error('poor sample');
    });
    await expect(failing).rejects.toThrow('poor sample');
    expect(await store.find('Ana')).toEqual(makeVoice('Ana', 1));
    expect(readdirSync(folder)).toEqual(filesOf(folder));
  });

  it('removes a voice for good, and says whether there was one', async () => {
    const folder = temporaryFolder();
    const store = storeIn(folder);
    await store.update('Ana', () => makeVoice('Ana', 1));
    expect(await store.remove('Ana')).toBe(true);
    expect(await store.remove('Ana')).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('sweeps away what a killed process left half-written', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, '.Ana-0.voice.json.1.part'), 'half');
    await storeIn(folder).update('Ben', () => makeVoice('Ben', 2));
    expect(readdirSync(folder)).toEqual(filesOf(folder));
  });

  it('warns of files that others may read', async () => {
    const folder = temporaryFolder();
    const warnings: string[] = [];
    const store = storeIn(folder, {
      onWarning: ({ code, message }) => void warnings.push(`${code} ${message}`),
    });
    await store.update('Ana', () => makeVoice('Ana', 1));
    await store.list();
    expect(warnings).toEqual([]);
    chmodSync(join(folder, filesOf(folder)[0]!), 0o644);
    expect(await store.list()).toHaveLength(1);
    expect(warnings).toEqual([expect.stringMatching(/^voice_file_exposed .*chmod 600/)]);
  });

  it('encrypts content and name with a key, and refuses to read either without', async () => {
    const folder = temporaryFolder();
    await storeIn(folder, { key }).update('Ana', () => makeVoice('Ana', 1));
    const [file] = filesOf(folder) as [string];
    expect(file).not.toMatch(/ana/i);
    expect(readFileSync(join(folder, file), 'utf8')).not.toMatch(/Ana|made-up/);
    expect(await storeIn(folder, { key }).find('Ana')).toEqual(makeVoice('Ana', 1));
    await expect(storeIn(folder).list()).rejects.toMatchObject({ code: 'invalid_file' });
  });

  it('reads what was written before there was a key', async () => {
    const folder = temporaryFolder();
    await storeIn(folder).update('Ana', () => makeVoice('Ana', 1));
    expect(await storeIn(folder, { key }).list()).toEqual([makeVoice('Ana', 1)]);
  });

  it('finds, changes and removes by name what was written before there was a key', async () => {
    const folder = temporaryFolder();
    await storeIn(folder).update('Ana', () => makeVoice('Ana', 1));
    await storeIn(folder).update('Ben', () => makeVoice('Ben', 2));
    const store = storeIn(folder, { key });
    expect(await store.find('Ana')).toEqual(makeVoice('Ana', 1));
    await store.update('Ana', (existing) => ({ ...existing!, updatedAt: '2027-01-01T00:00:00.000Z' }));
    expect(filesOf(folder).some((file) => /ana/i.test(file))).toBe(false);
    expect((await store.list()).map(({ name }) => name)).toEqual(['Ana', 'Ben']);
    expect(await store.remove('Ben')).toBe(true);
    expect(await store.remove('Ana')).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['without a key', undefined],
    ['with another key', readVoiceKey('cd'.repeat(32))],
  ])('does not take an encrypted voice for a missing one %s', async (_, other) => {
    const folder = temporaryFolder();
    await storeIn(folder, { key }).update('Ana', () => makeVoice('Ana', 1));
    const store = storeIn(folder, { key: other });
    const refused = {
      code: 'invalid_file',
      message: expect.stringMatching(/COLLOQUY_VOICE_KEY|another key/) as string,
    };
    await expect(store.find('Ana')).rejects.toMatchObject(refused);
    await expect(store.remove('Ana')).rejects.toMatchObject(refused);
    await expect(store.update('Ben', () => makeVoice('Ben', 2))).rejects.toMatchObject(refused);
    expect(filesOf(folder)).toHaveLength(1);
  });

  it('replaces a voice whose file is damaged', async () => {
    const folder = temporaryFolder();
    const store = storeIn(folder);
    await store.update('Ana', () => makeVoice('Ana', 1));
    writeFileSync(join(folder, filesOf(folder)[0]!), '{', { mode: 0o600 });
    await expect(store.update('Ana', () => makeVoice('Ana', 2))).rejects.toMatchObject({
      code: 'invalid_file',
    });
    await store.replace(makeVoice('Ana', 2));
    expect(await store.list()).toEqual([makeVoice('Ana', 2)]);
  });

  it('lists whole voices only, while others are written and removed', async () => {
    const folder = temporaryFolder();
    const [writer, reader] = [storeIn(folder), storeIn(folder)];
    await writer.update('Ben', () => makeVoice('Ben', 2));
    const done = new AbortController();
    const reading = (async () => {
      while (!done.signal.aborted) expect((await reader.list()).map(({ name }) => name)).toContain('Ben');
    })();
    for (let round = 0; round < 20; round++) {
      await writer.update('Ana', () => makeVoice('Ana', round));
      await writer.remove('Ana');
    }
    done.abort();
    await reading;
  });

  it('names a damaged file instead of leaving it out', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'broken.voice.json'), encodeVoice(makeVoice('Ana', 1)).slice(0, 300), {
      mode: 0o600,
    });
    await expect(storeIn(folder).list()).rejects.toMatchObject({
      code: 'invalid_file',
      message: expect.stringContaining('broken.voice.json') as string,
    });
  });

  it('refuses two files of one name', async () => {
    const folder = temporaryFolder();
    await storeIn(folder).update('Ana', () => makeVoice('Ana', 1));
    writeFileSync(join(folder, 'copy.voice.json'), encodeVoice(makeVoice('Ana', 2)), { mode: 0o600 });
    await expect(storeIn(folder).list()).rejects.toMatchObject({ code: 'invalid_file' });
  });

  it('does not follow links out of the folder', async () => {
    const folder = temporaryFolder();
    const elsewhere = join(temporaryFolder(), 'secret.json');
    writeFileSync(elsewhere, encodeVoice(makeVoice('Ana', 1)));
    symlinkSync(elsewhere, join(folder, 'link.voice.json'));
    await expect(storeIn(folder).list()).rejects.toMatchObject({ code: 'file_not_readable' });
  });

  it('says that a folder is missing, or that it cannot be written', async () => {
    const folder = temporaryFolder();
    await expect(storeIn(join(folder, 'none')).list()).rejects.toMatchObject({ code: 'file_not_found' });
    writeFileSync(join(folder, 'file'), '');
    await expect(
      storeIn(join(folder, 'file')).update('Ana', () => makeVoice('Ana', 1)),
    ).rejects.toMatchObject({
      code: 'output_not_writable',
    });
    mkdirSync(join(folder, 'empty'));
    expect(await storeIn(join(folder, 'empty')).list()).toEqual([]);
  });
});
