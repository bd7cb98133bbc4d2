import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { doctorCommand, examine } from '../../../../handlers/cli/commands/doctor.ts';
import type { Finding } from '../../../../handlers/cli/doctor/finding.ts';
import { examineFolder, examineNode } from '../../../../handlers/cli/doctor/machine.ts';
import { examineFfmpeg } from '../../../../handlers/cli/doctor/programs.ts';
import { embeddedModelsFolder } from '../../../../models/model-folders.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

async function run(arguments_: readonly string[], environment: Record<string, string> = {}) {
  let stdout = '';
  const home = temporaryFolder();
  const command = doctorCommand({
    config: { environment: { PATH: process.env.PATH, HOME: home, TMPDIR: home, ...environment } },
    stdout: { write: (text) => (stdout += text) },
  });
  const error: unknown = await command.parseAsync(arguments_, { from: 'user' }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { stdout, error };
}

describe('colloquy doctor', () => {
  it('finds everything that is required on this machine, and a provider that really runs', async () => {
    const { stdout, error } = await run(['--format', 'json']);
    expect(error).toBeUndefined();
    const report = JSON.parse(stdout) as { ok: boolean; findings: Finding[] };
    expect(report.ok).toBe(true);
    const byCheck = new Map(report.findings.map((finding) => [finding.check, finding]));
    expect(byCheck.get('provider cpu')).toMatchObject({
      status: 'ok',
      facts: { usable: true, version: expect.stringMatching(/^1\./) },
    });
    expect(byCheck.get('models')?.facts.verified).toEqual(
      expect.arrayContaining(['ge2e', 'pyannote-segmentation-3.0']),
    );
    for (const check of [
      'node',
      'processor',
      'ffmpeg',
      'provider cuda',
      'temporary files',
      'downloaded models',
    ]) {
      expect(byCheck.has(check), check).toBe(true);
    }
  });

  it('prints one line a finding, with advice below', async () => {
    const { stdout } = await run([], { PATH: temporaryFolder() });
    expect(stdout).toMatch(/^colloquy \d/);
    expect(stdout).toMatch(/^note +no ffmpeg: only WAV can be read\n +Install it/m);
    expect(stdout).toMatch(/^ok +7 models verified/m);
  });

  it('fails with what is missing and what to do', async () => {
    const { stdout, error } = await run([], { TMPDIR: '/proc' });
    expect(stdout).toMatch(/^(MISSING|note   ) +temporary files: \/proc, .*\n +.*TMPDIR/m);
    if (stdout.includes('MISSING'))
      expect(error).toMatchObject({ name: 'DependencyError', code: 'dependency_missing' });
  });

  it('names an embedded model that is gone as missing, with the way to get it back', async () => {
    const embedded = join(temporaryFolder(), 'embedded');
    cpSync(embeddedModelsFolder(), embedded, { recursive: true });
    rmSync(join(embedded, 'ge2e', 'model.onnx'));
    const findings = await examine({ HOME: temporaryFolder() }, { embedded });
    expect(findings.filter(({ status }) => status === 'missing')).toEqual([
      expect.objectContaining({
        check: 'model ge2e',
        remedy: expect.stringContaining('restore models/embedded'),
      }),
    ]);
  });

  it('has no complaint where a model with a package of its own is not installed', async () => {
    const embedded = join(temporaryFolder(), 'embedded');
    cpSync(embeddedModelsFolder(), embedded, { recursive: true });
    rmSync(join(embedded, 'whisper-base-q8'), { recursive: true });
    const findings = await examine({ HOME: temporaryFolder() }, { embedded });
    expect(findings.filter(({ status }) => status === 'missing')).toEqual([]);
    expect(findings.find(({ check }) => check === 'model whisper-base-q8')).toMatchObject({
      status: 'note',
      remedy: 'To have it: npm install colloquy-whisper-base',
    });
  });
});

describe('checks of the doctor', () => {
  it('compare Node versions by number', () => {
    expect(examineNode('20.19.0', '>=20.19').status).toBe('ok');
    expect(examineNode('22.0.0', '>=20.19').status).toBe('ok');
    expect(examineNode('20.9.0', '>=20.19')).toMatchObject({
      status: 'missing',
      remedy: 'Install Node >=20.19.',
    });
    expect(examineNode('18.20.0', '>=20.19').status).toBe('missing');
  });

  it('look at the parent of a folder that does not exist yet', async () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'a'));
    expect(await examineFolder('downloaded models', join(root, 'a', 'b', 'c'), 'useful')).toMatchObject({
      facts: { writable: true },
    });
    expect(await examineFolder('temporary files', '/proc/none', 'required')).toMatchObject({
      status: expect.stringMatching(/missing|note/),
    });
  });

  it('notice an ffmpeg that does not run', async () => {
    expect(await examineFfmpeg('/bin/false', '/bin')).toMatchObject({
      status: 'note',
      facts: { path: '/bin/false', version: null },
    });
  });
});
