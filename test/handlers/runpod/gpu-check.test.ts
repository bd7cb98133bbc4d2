import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gpuCheck, type GpuCheckOptions } from '../../../handlers/runpod/gpu-check.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A program that answers as nvidia-smi does, with these lines. */
function programThatSays(lines: readonly string[], exitCode = 0): string {
  const path = join(temporaryFolder(), 'nvidia-smi');
  writeFileSync(path, `#!/bin/sh\ncat <<'END'\n${lines.join('\n')}\nEND\nexit ${exitCode}\n`);
  chmodSync(path, 0o755);
  return path;
}

async function failureOf(
  lines: readonly string[],
  options: GpuCheckOptions = {},
  exitCode = 0,
): Promise<string> {
  const check = gpuCheck({ program: programThatSays(lines, exitCode), ...options });
  expect(check.name).toBe('gpu');
  try {
    await check.run();
  } catch (error) {
    return (error as Error).message;
  }
  return 'none';
}

const LINES = ['NVIDIA H200, 142500, 570.86.15', 'NVIDIA H200, 80000, 570.86.15'];

describe('gpuCheck', () => {
  it('holds where enough GPUs answer, with enough free memory and a driver that is new enough', async () => {
    expect(await failureOf(LINES)).toBe('none');
    const demands = { count: 2, minFreeMemoryBytes: 70e9, minDriverVersion: '570.86' };
    expect(await failureOf(LINES, demands)).toBe('none');
    expect(await failureOf(LINES, { minDriverVersion: '550.54.14' })).toBe('none');
  });

  it.each<[string, GpuCheckOptions, string]>([
    ['too few', { count: 3 }, '2 GPUs answer, 3 are needed.'],
    ['too full', { minFreeMemoryBytes: 100e9 }, '83.9 GB of memory are free on NVIDIA H200, 100.0 GB'],
    ['too old', { minDriverVersion: '575.1' }, 'is 570.86.15; 575.1 or newer'],
    ['too old by its last part', { minDriverVersion: '570.86.16' }, '570.86.16 or newer'],
  ])('fails where they are %s', async (_, options, text) => {
    expect(await failureOf(LINES, options)).toContain(text);
  });

  it('fails for a GPU that is ill, a driver that fails, a program that hangs or is not there', async () => {
    expect(await failureOf(['NVIDIA H200, [N/A], 570.86.15'], { minFreeMemoryBytes: 1 })).toContain('0.0 GB');
    expect(await failureOf(['No devices were found'], {}, 6)).toContain('is missing or fails');
    expect(await failureOf([''])).toContain('0 GPUs answer');
    expect(await failureOf([], { program: '/nowhere/nvidia-smi' })).toContain('is missing or fails');
    expect(await failureOf([], { program: '/bin/cat', timeoutMs: 5 })).toMatch(
      /missing or fails|within 5 ms/,
    );
  });
});
