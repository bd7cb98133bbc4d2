import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore, startEngine } from '../../../../handlers/setup/composition.ts';
import { readConfig } from '../../../../handlers/setup/config.ts';
import { createAudioFetcher } from '../../../../handlers/work/fetch-audio/index.ts';
import type { JobServices } from '../../../../handlers/work/jobs/job-services.ts';
import { runJob } from '../../../../handlers/work/jobs/run-job.ts';
import {
  jobResultSchema,
  progressSchema,
  type StreamEvent,
  streamEventSchema,
} from '../../../../sdk/contract/index.ts';
import { storedResultSchema } from '../../../../sdk/contract/results/job-result.ts';
import { FfmpegFiles } from '../../../support/ffmpeg-files.ts';
import { OBJECT_STORE_KEYS, ObjectStore } from '../../../support/object-store.ts';
import { interleaved, librarySound } from '../../../support/two-channels.ts';
import { wavBytes } from '../../../support/wav-bytes.ts';

const base64 = Buffer.from(wavBytes({ data: interleaved([librarySound(12)]) })).toString('base64');
const SPEAKERS_WAV = join(import.meta.dirname, '../../../../samples/two-speakers.wav');
const twoSpeakers = readFileSync(SPEAKERS_WAV);

let services: JobServices;
beforeAll(async () => {
  const config = readConfig();
  services = {
    engine: await startEngine(config),
    models: openStore(config),
    fetcher: createAudioFetcher(),
    audioLimits: config.audioLimits,
  };
});

afterAll(async () => {
  await services.engine.close();
  await services.fetcher.close();
});

const said: unknown[] = [];
const events: StreamEvent[] = [];
async function run(input: object, extra: Partial<JobServices> = {}) {
  events.length = 0;
  const signal = new AbortController().signal;
  const result = await runJob(
    input,
    { ...services, ...extra },
    {
      requestId: 'job',
      signal,
      progress: (value) => said.push(value),
      onEvent: (event) => events.push(event),
    },
  );
  // What a caller reads is what comes out of JSON.
  return JSON.parse(JSON.stringify(result)) as object;
}

describe('runJob', () => {
  it('transcribes as the contract says, with all options', async () => {
    const value = await run({
      task: 'transcribe',
      audio: { base64 },
      options: {
        model: 'moonshine-tiny',
        language: 'en-GB',
        numSpeakers: 2,
        wordTimestamps: true,
        pauseThresholdSeconds: 0.2,
        channels: 'auto',
        clips: [{ startSeconds: 0, endSeconds: 9.3 }, { startSeconds: 30 }],
        speakerNames: { SPEAKER_00: 'Ann', SPEAKER_05: 'nobody' },
      },
      output: { formats: ['srt', 'rttm'] },
    });
    const job = jobResultSchema.parse(value);
    expect(job.task).toBe('transcribe');
    expect(job.results).toHaveLength(1);
    expect(value).toMatchObject({
      results: [
        {
          index: 0,
          result: {
            language: 'en',
            speakers: [{ label: 'SPEAKER_00', name: 'Ann' }, { label: 'SPEAKER_01' }],
            utterances: [{ speaker: 'SPEAKER_00' }, { speaker: 'SPEAKER_01' }],
            warnings: [{ code: 'clip_beyond_end' }, { code: 'unknown_speaker' }],
          },
          files: [{ format: 'srt' }, { format: 'rttm' }],
        },
      ],
    });
    for (const progress of said) expect(progressSchema.safeParse(progress).success).toBe(true);
    expect(said.map((progress) => (progress as { stage: string }).stage)).toContain('transcribe');
  });

  it('leaves speakers out where a transcript shall have none, and fails for what the recogniser cannot do', async () => {
    const value = await run({ task: 'transcribe', audio: { base64 }, options: { diarize: false } });
    const texts = events.map((event) => {
      expect(streamEventSchema.safeParse(JSON.parse(JSON.stringify(event))).success).toBe(true);
      return event.type === 'utterance' ? event.utterance.text : event.type;
    });
    const job = jobResultSchema.parse(value);
    const { utterances } = (job.results[0] as { result: { utterances: { text: string }[] } }).result;
    expect(texts.join(' ')).toBe(utterances.map(({ text }) => text).join(' '));
    expect(jobResultSchema.safeParse(value).error).toBeUndefined();
    expect(value).toMatchObject({ results: [{ result: { speakers: [], turns: [] } }] });
    const untimed = { task: 'transcribe', audio: { base64 }, options: { wordTimestamps: false } };
    await expect(run({ ...untimed, output: { formats: ['ctm'] } })).rejects.toMatchObject({
      code: 'invalid_option',
      details: { missing: 'wordTimes' },
    });
    const options = { model: 'moonshine-tiny', translate: true };
    const translate = { task: 'transcribe', audio: { base64 }, options };
    await expect(run(translate)).rejects.toMatchObject({ code: 'invalid_option' });
  });

  it('diarizes as the contract says; a failing recording of several stops no other', async () => {
    const audio = [{ base64: twoSpeakers.toString('base64') }, { base64: 'bm8gYXVkaW8=' }];
    const value = await run({ task: 'diarize', audio, options: { minDurationSeconds: 0.2 } });
    expect(jobResultSchema.safeParse(value).error).toBeUndefined();
    expect(value).toMatchObject({
      task: 'diarize',
      results: [
        { index: 0, result: { speakers: [{ label: 'SPEAKER_00' }, { label: 'SPEAKER_01' }] } },
        { index: 1, error: { code: 'unsupported_audio', requestId: 'job' } },
      ],
    });
  });

  it('hears the audio track that is asked for, and says that there are others where none is', async () => {
    const made = new FfmpegFiles();
    const tracks = ['-map', '0:a', '-map', '1:a', '-c:a', 'flac', '-t', '2'];
    made.make('-f', 'lavfi', '-i', 'anullsrc=r=16000:cl=mono', '-i', SPEAKERS_WAV, ...tracks, 'tracks.mkv');
    const audio = { base64: Buffer.from(made.read('tracks.mkv')).toString('base64') };
    for (const task of ['loudness', 'detect-speech']) {
      const silent = await run({ task, audio, options: { audioTrack: 0 } });
      const spoken = await run({ task, audio, options: { audioTrack: 1 } });
      const said = task === 'loudness' ? 'integratedLufs' : 'speechSeconds';
      expect(silent).toMatchObject({ results: [{ result: { [said]: task === 'loudness' ? null : 0 } }] });
      expect(spoken).toMatchObject({ results: [{ result: { [said]: expect.any(Number), warnings: [] } }] });
      expect(spoken).not.toMatchObject({ results: [{ result: { [said]: 0 } }] });
    }
    const transcribed = await run({ task: 'transcribe', audio, options: { diarize: false } });
    expect(transcribed).toMatchObject({
      results: [{ result: { warnings: [{ code: 'audio_tracks' }, { code: 'no_speech' }] } }],
    });
    await expect(run({ task: 'loudness', audio, options: { audioTrack: 2 } })).rejects.toMatchObject({
      code: 'invalid_option',
      details: { audioTracks: 2 },
    });
  });

  it('gives an embedding of each speaker where it is asked for, which is that speaker to every other task', async () => {
    const audio = { base64: twoSpeakers.toString('base64') };
    const diarized = jobResultSchema.parse(
      await run({ task: 'diarize', audio, options: { includeEmbeddings: true } }),
    );
    const [outcome] = diarized.task === 'diarize' ? diarized.results : [];
    const result = outcome && 'result' in outcome ? outcome.result : undefined;
    const labels = result?.speakers.map(({ label }) => label);
    const { space, vectors } = result!.speakerEmbeddings!;
    expect(labels).toHaveLength(2);
    expect(vectors.map(({ speaker }) => speaker)).toEqual(labels);
    // Known by these embeddings, the speakers of the same recording get these names.
    const voices = vectors.map(({ speaker, embedding }) => ({
      name: `voice of ${speaker}`,
      space,
      embedding,
    }));
    const named = await run({ task: 'diarize', audio, options: { voices } });
    expect(named).toMatchObject({
      results: [{ result: { speakers: labels!.map((label) => ({ label, name: `voice of ${label}` })) } }],
    });
    const plain = await run({ task: 'diarize', audio });
    expect(JSON.stringify(plain)).not.toContain('speakerEmbeddings');
  });

  it('puts files, and the whole result, into the bucket that it names', async () => {
    const store = await ObjectStore.start();
    const own = { endpoint: store.url, credentials: OBJECT_STORE_KEYS };
    const files = { bucket: 'own', store: own, keyPrefix: 'all/', linkSeconds: 60 };
    const job = { task: 'diarize', audio: { base64 } };
    try {
      const s3 = { bucket: 'theirs', prefix: 'calls/' };
      const output = { formats: ['rttm'], s3, inline: false };
      const reply = storedResultSchema.parse(await run({ ...job, output }, { files }));
      const stored: unknown = await (await fetch(reply.storedResult.url)).json();
      const [outcome] = jobResultSchema.parse(stored).results as unknown as [{ files: { url: string }[] }];
      expect(outcome.files).toMatchObject([
        { format: 'rttm', s3: { bucket: 'theirs', key: 'calls/job/0.rttm' } },
      ]);
      expect(await (await fetch(outcome.files[0]!.url)).text()).toMatch(/^SPEAKER /);
      expect([...store.objects.keys()]).toEqual([
        '/theirs/calls/job/0.rttm',
        '/theirs/calls/job/result.json',
      ]);
      await run({ ...job, output: { inline: false } }, { files });
      expect([...store.objects.keys()].at(-1)).toBe('/own/all/job/result.json');
      const elsewhere = { ...job, output: { ...output, s3: { ...s3, endpoint: 'https://other.example' } } };
      await expect(run(elsewhere, { files })).rejects.toMatchObject({ code: 'invalid_option' });
    } finally {
      store.close();
    }
  });

  it('fails before any audio is fetched where it wants S3 and the worker has none', async () => {
    const audio = { url: 'https://127.0.0.1/never-asked.wav' };
    const wants = run({ task: 'diarize', audio, output: { inline: false } });
    await expect(wants).rejects.toMatchObject({ code: 'configuration_invalid' });
  });
});
