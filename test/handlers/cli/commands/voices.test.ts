import { randomBytes } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeNpy } from '../../../../core/array-files/npy.ts';
import { decodeVoice, encodeVoice } from '../../../../core/verification/voices/voice-file.ts';
import { endOf, runCli, startCli } from '../../../support/run-cli.ts';
import { makeVector, makeVoice } from '../../../support/made-up-voices.ts';
import { voiceFile } from '../../../support/sample-voices.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { runCliHere } from '../../../support/warm-cli.ts';

const vectors = Object.fromEntries(['Ana', 'Ben'].map((name, seed) => [name, [...makeVector(seed, 192)]]));

/** A folder with two imported voices. */
async function folderWithVoices(environment: Record<string, string> = {}): Promise<string> {
  const folder = temporaryFolder();
  const path = join(folder, 'vectors.json');
  writeFileSync(path, JSON.stringify(vectors));
  const run = await runCliHere(['voices', 'import', path, '--voices', join(folder, 'voices')], {
    environment,
  });
  expect(run).toMatchObject({ code: 0, stdout: 'Ana\nBen\n', stderr: '' });
  return join(folder, 'voices');
}

describe('colloquy voices', () => {
  it('lists, exports, imports and removes', async () => {
    const voices = await folderWithVoices();
    const list = JSON.parse(
      (await runCli(['voices', 'list', '--voices', voices, '--format', 'json'])).stdout,
    ) as object[];
    expect(list).toMatchObject([
      {
        name: 'Ana',
        sampleCount: 1,
        space: { model: 'campplus-zh-en', dimension: 192 },
        needsEnrollingAnew: false,
      },
      { name: 'Ben', sampleCount: 1 },
    ]);
    const folder = temporaryFolder();
    for (const format of ['json', 'npy', 'safetensors']) {
      const output = join(folder, `ana.${format}`);
      expect(
        (
          await runCliHere([
            'voices',
            'export',
            'Ana',
            '--voices',
            voices,
            '--format',
            format,
            '--output',
            output,
          ])
        ).code,
      ).toBe(0);
      expect(statSync(output).mode & 0o777).toBe(0o600);
      const again = join(folder, format);
      const name = format === 'npy' ? ['--name', 'Ana'] : [];
      expect((await runCliHere(['voices', 'import', output, '--voices', again, ...name])).stdout).toBe(
        'Ana\n',
      );
      const [file] = readdirSync(again).filter((entry) => entry.endsWith('.voice.json'));
      const voice = decodeVoice(readFileSync(join(again, file!), 'utf8'), 'file');
      expect([...voice.vector]).toEqual(
        [...Float32Array.from(vectors.Ana!)].map((value) => expect.closeTo(value, 6) as number),
      );
    }
    expect((await runCliHere(['voices', 'remove', 'Ana', 'Ben', '--voices', voices])).code).toBe(0);
    expect(readdirSync(voices)).toEqual([]);
    expect((await runCliHere(['voices', 'remove', 'Ana', '--voices', voices])).code).toBe(3);
  });

  it('loses nothing when two processes write one folder', async () => {
    const folder = temporaryFolder();
    const names = ['a', 'b', 'c', 'd'];
    const runs = names.map((name, seed) => {
      const path = join(folder, `${name}.npy`);
      writeFileSync(path, encodeNpy({ shape: [192], data: Float32Array.from(makeVector(seed, 192)) }));
      return endOf(startCli(['voices', 'import', path, '--name', name, '--voices', join(folder, 'voices')]));
    });
    for (const run of await Promise.all(runs)) expect(run).toMatchObject({ code: 0, stderr: '' });
    const { stdout } = await runCliHere([
      'voices',
      'list',
      '--voices',
      join(folder, 'voices'),
      '--format',
      'json',
    ]);
    expect((JSON.parse(stdout) as { name: string }[]).map(({ name }) => name)).toEqual(names);
  });

  it('keeps a voice that is there, unless it is removed first', async () => {
    const voices = await folderWithVoices();
    const path = join(temporaryFolder(), 'x.json');
    writeFileSync(path, JSON.stringify([...makeVector(9, 192)]));
    const run = await runCliHere(['voices', 'import', path, '--name', 'Ana', '--voices', voices]);
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('already') as string });
  });

  it('imports all voices or none', async () => {
    const voices = await folderWithVoices();
    const path = join(temporaryFolder(), 'more.json');
    writeFileSync(path, JSON.stringify({ Aaron: vectors.Ana, Ben: vectors.Ben }));
    expect((await runCliHere(['voices', 'import', path, '--voices', voices])).code).toBe(2);
    expect((await runCliHere(['voices', 'import', path, path, '--voices', join(voices, 'new')])).code).toBe(
      2,
    );
    const { stdout } = await runCliHere(['voices', 'list', '--voices', voices]);
    expect(stdout).not.toContain('Aaron');
  });

  it('imports under another name, one voice at a time', async () => {
    const voices = await folderWithVoices();
    const folder = temporaryFolder();
    const [one, two] = [join(folder, 'one.json'), join(folder, 'two.json')];
    writeFileSync(one, JSON.stringify({ Ana: vectors.Ana }));
    writeFileSync(two, JSON.stringify(vectors));
    const options = ['--name', 'Ana 2', '--voices', voices];
    expect((await runCliHere(['voices', 'import', one, ...options])).stdout).toBe('Ana 2\n');
    expect(await runCliHere(['voices', 'import', two, ...options])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('several voices') as string,
    });
  });

  it('reads an encrypted voice file of another folder with its key', async () => {
    const environment = { COLLOQUY_VOICE_KEY: randomBytes(32).toString('hex') };
    const voices = await folderWithVoices(environment);
    const file = join(voices, readdirSync(voices)[0]!);
    const into = ['voices', 'import', file, '--voices', join(temporaryFolder(), 'plain')];
    expect((await runCliHere(into, { environment })).stdout).toMatch(/^(Ana|Ben)\n$/);
    expect(await runCliHere(into)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('COLLOQUY_VOICE_KEY') as string,
    });
  });

  it('encrypts with COLLOQUY_VOICE_KEY', async () => {
    const environment = { COLLOQUY_VOICE_KEY: randomBytes(32).toString('base64') };
    const voices = await folderWithVoices(environment);
    for (const file of readdirSync(voices)) {
      expect(file).toMatch(/^[0-9a-f]{32}\.voice\.json$/);
      expect(readFileSync(join(voices, file), 'utf8')).not.toMatch(/Ana|Ben|campplus/);
    }
    expect((await runCliHere(['voices', 'list', '--voices', voices], { environment })).stdout).toMatch(
      /^Ana: /,
    );
    const without = await runCliHere(['voices', 'list', '--voices', voices]);
    expect(without).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('COLLOQUY_VOICE_KEY') as string,
    });
    const wrong = { COLLOQUY_VOICE_KEY: 'too short' };
    expect((await runCliHere(['voices', 'list', '--voices', voices], { environment: wrong })).code).toBe(2);
  });

  it('warns of files that others may read', async () => {
    const voices = await folderWithVoices();
    chmodSync(join(voices, readdirSync(voices)[0]!), 0o644);
    const run = await runCliHere(['voices', 'list', '--voices', voices]);
    expect(run).toMatchObject({ code: 0, stderr: expect.stringMatching(/warning: .*chmod 600/) as string });
    const path = join(temporaryFolder(), 'ana.voice.json');
    writeFileSync(path, encodeVoice(makeVoice('Ana', 1)));
    chmodSync(path, 0o644);
    const verified = await runCliHere(['verify', '--voice', path, 'none.wav']);
    expect(verified.stderr).toMatch(/warning: .*ana\.voice\.json.*chmod 600/);
  });

  it.each<[string, string | Uint8Array, string[]?]>([
    ['a vector of another dimension', JSON.stringify([1, 2, 3])],
    ['NaN', encodeNpy({ shape: [192], data: new Float32Array(192).fill(NaN) })],
    ['a zero vector', encodeNpy({ shape: [192], data: new Float32Array(192) })],
    ['a voice of another space', encodeVoice(makeVoice('Ana', 1))],
    ['a voice file that is cut off', encodeVoice(makeVoice('Ana', 1)).slice(0, 400)],
    ['a voice of a future version', encodeVoice(makeVoice('Ana', 1)).replace('"version": 1', '"version": 9')],
    ['a pickle that runs a command', Buffer.from("cos\nsystem\n(S'touch /tmp/owned'\ntR.")],
    ['a name with a slash', JSON.stringify({ '../x': [...makeVector(1, 192)] }), []],
  ])('imports nothing of %s', async (_, content, name = ['--name', 'x']) => {
    const folder = temporaryFolder();
    const path = join(folder, 'file');
    writeFileSync(path, content);
    const run = await runCliHere(['voices', 'import', path, ...name, '--voices', join(folder, 'voices')]);
    expect([2, 3]).toContain(run.code);
    expect(run.stdout).toBe('');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('refuses to compare with a voice of another space', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'other.voice.json');
    writeFileSync(path, encodeVoice(makeVoice('Ana', 1)), { mode: 0o600 });
    const run = await runCliHere(['verify', '--voice', path, voiceFile(folder, 'ana', 2)]);
    expect(run).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('[embedding_space_mismatch]') as string,
    });
  });
});
