import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { modelsCommand } from '../../../../handlers/cli/commands/models.ts';
import { shippedManifest } from '../../../../models/manifest.ts';
import { embeddedModelsFolder } from '../../../../models/model-folders.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const EMBEDDED_COUNT = shippedManifest().models.filter(({ embedded }) => embedded).length;

/** Runs `colloquy models …` in this process, with an empty home folder and no network. */
async function run(arguments_: readonly string[], environment: Record<string, string> = {}) {
  let stdout = '';
  let stderr = '';
  const command = modelsCommand({
    config: { environment: { HOME: temporaryFolder(), COLLOQUY_OFFLINE: '1', ...environment } },
    signal: new AbortController().signal,
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
  });
  for (const each of [command, ...command.commands])
    each.exitOverride().configureOutput({ writeErr: () => undefined });
  const error: unknown = await command.parseAsync(arguments_, { from: 'user' }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { stdout, stderr, error };
}

/** A folder for COLLOQUY_MODELS with a model that is not the one that its name says. */
function damagedFolder(): string {
  const folder = temporaryFolder();
  cpSync(join(embeddedModelsFolder(), 'silero-vad'), join(folder, 'silero-vad-6.0'), { recursive: true });
  const path = join(folder, 'silero-vad-6.0', 'silero_vad.onnx');
  const bytes = readFileSync(path);
  bytes[1000]! ^= 1;
  writeFileSync(path, bytes);
  return folder;
}

describe('colloquy models', () => {
  it('list shows every model with its size, licence and place, as a table or JSON', async () => {
    const { stdout } = await run(['list']);
    expect(stdout).toMatch(/^ge2e +speaker-embedding +5\.7 MB +Apache-2\.0 +embedded +GE2E/m);
    expect(stdout).toMatch(/^whisper-base +speech-recognition +79 MB +MIT +- /m);
    const rows = JSON.parse((await run(['list', '--format', 'json'])).stdout) as Record<string, unknown>[];
    expect(rows).toHaveLength(stdout.trim().split('\n').length);
    expect(rows.find(({ id }) => id === 'ge2e')).toMatchObject({ bytes: 5_742_497, place: 'embedded' });
  });

  it('path prints the verified paths of a model that is here', async () => {
    const { stdout } = await run(['path', 'ge2e']);
    expect(stdout).toBe(
      ['model.onnx', 'mean.npy', 'cohort.npy']
        .map((name) => `${join(embeddedModelsFolder(), 'ge2e', name)}\n`)
        .join(''),
    );
    expect((await run(['path', 'whisper-base'])).error).toMatchObject({
      name: 'ModelError',
      code: 'model_missing',
    });
  });

  it('verify reads all models on this machine and reports each before it fails', async () => {
    const good = await run(['verify']);
    expect(good.error).toBeUndefined();
    expect(good.stdout.trim().split('\n')).toHaveLength(EMBEDDED_COUNT);
    const { stdout, error } = await run(['verify', '--format', 'json'], { COLLOQUY_MODELS: damagedFolder() });
    expect(error).toMatchObject({ code: 'model_checksum_mismatch' });
    const rows = JSON.parse(stdout) as { id: string; ok: boolean; problem: string | null }[];
    expect(rows.filter(({ ok }) => ok)).toHaveLength(EMBEDDED_COUNT);
    expect(rows.find(({ ok }) => !ok)).toMatchObject({
      id: 'silero-vad-6.0',
      problem: expect.stringContaining('SHA-256'),
    });
  });

  it('pull succeeds offline for what is here and says how to get the rest', async () => {
    expect((await run(['pull', 'ge2e', 'silero-vad'])).stdout).toMatch(
      /^ge2e +embedded .*\nsilero-vad +embedded /,
    );
    const { error, stdout, stderr } = await run(['pull', 'nemo-speakernet', '--into', temporaryFolder()]);
    expect(error).toMatchObject({
      code: 'model_missing',
      message: expect.stringContaining('colloquy models pull'),
    });
    expect([stdout, stderr]).toEqual(['', '']);
  });

  it('refuses unknown ids and formats', async () => {
    expect((await run(['path', 'nope'])).error).toMatchObject({ code: 'model_unknown' });
    expect((await run(['list', '--format', 'xml'])).error).toMatchObject({
      code: 'commander.invalidArgument',
    });
  });
});
