import { expect, it } from 'vitest';
import { DEFAULT_PRESET } from '../../../core/diarization/presets.ts';
import { parseWorkerSettings } from '../../../handlers/worker/worker-settings.ts';

it('has settings that work without any variable', () => {
  const settings = parseWorkerSettings({});
  expect(settings).toMatchObject({
    concurrency: 1,
    webhookSecrets: [],
    fetchPolicy: {},
    fetchLimits: {},
    networkCheck: undefined,
    minFreeMemoryBytes: 1e9,
    minFreeDiskPercent: 10,
  });
  expect(settings.preload).toContain(DEFAULT_PRESET);
});

it('reads lists with commas, and zero where zero means off', () => {
  const settings = parseWorkerSettings({
    COLLOQUY_PRELOAD: 'embedded, pyannote-3.1,',
    COLLOQUY_WEBHOOK_SECRET: 'whsec_a,whsec_b',
    COLLOQUY_MIN_MEMORY_BYTES: '0',
    COLLOQUY_MIN_DISK_PERCENT: '0',
    COLLOQUY_NETWORK_CHECK: 'example.com:443',
    RUNPOD_MAX_DOWNLOAD_BYTES: '5000',
  });
  expect(settings).toMatchObject({
    preload: ['embedded', 'pyannote-3.1'],
    webhookSecrets: ['whsec_a', 'whsec_b'],
    minFreeMemoryBytes: 0,
    minFreeDiskPercent: 0,
    networkCheck: { host: 'example.com', port: 443 },
    fetchLimits: { maxBytes: 5000 },
  });
});

it.each([
  ['COLLOQUY_CONCURRENCY', '0'],
  ['COLLOQUY_CONCURRENCY', 'many'],
  ['RUNPOD_MAX_DOWNLOAD_BYTES', '1e9'],
  ['COLLOQUY_MIN_DISK_PERCENT', '101'],
  ['COLLOQUY_NETWORK_CHECK', 'example.com'],
])('refuses %s=%s by name', (name, value) => {
  expect(() => parseWorkerSettings({ [name]: value })).toThrow(
    expect.objectContaining({ code: 'configuration_invalid', details: { variable: name } }),
  );
});
