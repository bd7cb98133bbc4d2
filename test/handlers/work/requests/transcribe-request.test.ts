import { describe, expect, it } from 'vitest';
import { transcribeJobOptions } from '../../../../handlers/cli/options/job-options.ts';
import { openStore } from '../../../../handlers/setup/composition.ts';
import { readConfig } from '../../../../handlers/setup/config.ts';
import { transcribeRequest } from '../../../../handlers/work/requests/transcribe-request.ts';
import { transcribeOptionsSchema } from '../../../../sdk/contract/index.ts';

const store = openStore(readConfig());
const request = (options: Parameters<typeof transcribeRequest>[1]) => transcribeRequest(store, options, {});

describe('transcribeRequest', () => {
  it.each(['en', 'en-GB', 'en_GB', 'EN_gb'])(
    'means the same by %s in a job and on the command line',
    async (language) => {
      const job = transcribeOptionsSchema.parse({ language });
      const commandLine = transcribeJobOptions(
        { language, task: 'transcribe', channels: 'auto', attribution: 'overlap', wordTimestamps: true },
        true,
      );
      const fromJob = await request(job);
      expect(fromJob.options.language).toBe('en');
      expect(await request(commandLine)).toEqual(fromJob);
    },
  );

  it('means the same by every option of a job and of the command line', async () => {
    const fromJob = await request(
      transcribeOptionsSchema.parse({
        language: 'auto',
        translate: true,
        prompt: 'Colloquy',
        channels: 'split',
        wordTimestamps: false,
        attribution: 'whisperx',
        pauseThresholdSeconds: 0.7,
        clips: [{ startSeconds: 10, endSeconds: 20 }, { startSeconds: 60 }],
        minSpeakers: 2,
        maxSpeakers: 3,
        minDurationSeconds: 0.4,
      }),
    );
    const fromCommandLine = transcribeJobOptions(
      {
        language: 'auto',
        task: 'translate',
        prompt: 'Colloquy',
        channels: 'split',
        wordTimestamps: false,
        attribution: 'whisperx',
        pauseThreshold: 0.7,
        clipTimestamps: [
          { startSeconds: 10, endSeconds: 20 },
          { startSeconds: 60, endSeconds: Infinity },
        ],
        minSpeakers: 2,
        maxSpeakers: 3,
        minDuration: 0.4,
      },
      true,
    );
    expect(await request(fromCommandLine)).toEqual(fromJob);
    expect(fromJob).toMatchObject({ channels: 'split', options: { task: 'translate', wordTimes: false } });
  });

  it('loads nothing that tells speakers apart where nobody shall be', async () => {
    expect((await request({ diarize: false })).diarization).toBeUndefined();
    expect((await request({})).diarization?.preset).toBeDefined();
  });

  it('refuses what is no language', async () => {
    await expect(request({ language: 'english' })).rejects.toMatchObject({
      code: 'invalid_option',
      details: { option: 'language' },
    });
  });
});
