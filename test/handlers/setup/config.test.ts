import { describe, expect, it } from 'vitest';
import { availableCores } from '../../../handlers/setup/available-cores.ts';
import { readConfig } from '../../../handlers/setup/config.ts';

describe('readConfig', () => {
  it('has a default for everything; empty variables count as not set', () => {
    expect(readConfig({ COLLOQUY_PROVIDER: '', COLLOQUY_THREADS: ' ' })).toMatchObject({
      provider: 'auto',
      threads: availableCores(),
      audioLimits: {},
    });
  });

  it('reads what is set', () => {
    const environment = {
      COLLOQUY_PROVIDER: 'cpu',
      COLLOQUY_THREADS: '3',
      COLLOQUY_MAX_DURATION_SECONDS: '90.5',
    };
    expect(readConfig(environment)).toMatchObject({
      provider: 'cpu',
      threads: 3,
      audioLimits: { maxDurationSeconds: 90.5 },
      environment,
    });
  });

  it.each([
    ['COLLOQUY_PROVIDER', 'tpu'],
    ['COLLOQUY_THREADS', '0'],
    ['COLLOQUY_THREADS', '257'],
    ['COLLOQUY_THREADS', '2.5'],
    ['COLLOQUY_MAX_DURATION_SECONDS', '-1'],
    ['COLLOQUY_MAX_DURATION_SECONDS', '1e9'],
  ])('refuses %s=%s and names it', (name, value) => {
    const read = () => readConfig({ [name]: value });
    expect(read).toThrow(new RegExp(`${name} must be .+, got "${value}"`));
    expect(read).toThrow(expect.objectContaining({ code: 'configuration_invalid' }) as Error);
  });

  it('keeps secrets from the engine', () => {
    const { engineEnvironment } = readConfig({
      PATH: '/bin',
      LD_LIBRARY_PATH: '/cuda',
      CUDA_VISIBLE_DEVICES: '0',
      RUNPOD_API_KEY: 'secret',
      AWS_SECRET_ACCESS_KEY: 'secret',
      HF_TOKEN: 'secret',
      MY_PATH: 'secret',
    });
    expect(engineEnvironment).toEqual({ PATH: '/bin', LD_LIBRARY_PATH: '/cuda', CUDA_VISIBLE_DEVICES: '0' });
  });

  it('passes on to the engine what a user says of its libraries', () => {
    const said = { ORT_DISABLE_TELEMETRY: '0', OMP_NUM_THREADS: '2', XDG_CACHE_HOME: '/cache' };
    expect(readConfig(said).engineEnvironment).toEqual(said);
  });
});
