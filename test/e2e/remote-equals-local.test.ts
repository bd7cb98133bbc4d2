import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobResultSchema } from '../../sdk/contract/index.ts';
import { Colloquy, ColloquyError } from '../../sdk/index.ts';
import { startPlatform, type RunningPlatform } from '../../handlers/runpod-dev/index.ts';
import { runCli } from '../support/run-cli.ts';
import { TWO_SPEAKERS } from '../support/sample-voices.ts';
import { interleaved, librarySound } from '../support/two-channels.ts';
import { wavBytes } from '../support/wav-bytes.ts';
import { builtWorkerCommand } from '../support/built-worker.ts';

/** The first seconds of the sample, in which both speak. */
const folder = mkdtempSync(join(tmpdir(), 'colloquy-test-'));
const sample = join(folder, 'two-speakers.wav');
writeFileSync(sample, wavBytes({ data: readFileSync(TWO_SPEAKERS).subarray(44, 44 + 2 * 16_000 * 15) }));

afterAll(() => rmSync(folder, { recursive: true }));

/** SDK → local platform → the worker as it is shipped → real models → result: nothing in between is a stand-in. */
describe('a job through the SDK, the local platform and the built worker', { timeout: 300_000 }, () => {
  let platform: RunningPlatform;
  let client: Colloquy;
  const lines: string[] = [];

  beforeAll(async () => {
    platform = await startPlatform({
      port: 0,
      workers: 1,
      workerCommand: builtWorkerCommand(),
      onWorkerOutput: (_workerId, line) => lines.push(line),
    });
    const baseUrl = platform.url.slice(0, platform.url.lastIndexOf('/'));
    client = new Colloquy({ apiKey: 'local', endpointId: 'local', baseUrl });
  });
  afterAll(() => platform.close());

  it('gives the turns that the command gives for the same file', async () => {
    const stages = new Set<string>();
    const remote = await client.diarize(
      { audio: sample },
      { onProgress: (progress) => stages.add(progress.stage) },
    );
    const local = (await runCli(['diarize', sample, '--format', 'json'])).stdout;
    const { turns, exclusiveTurns, speakers } = JSON.parse(local) as Record<string, unknown>;
    expect(remote.speakers).toHaveLength(2);
    expect(remote.turns).toEqual(turns);
    expect(remote.exclusiveTurns).toEqual(exclusiveTurns);
    expect(remote.speakers).toEqual(speakers);
    const rttm = await runCli(['diarize', sample, '--format', 'rttm']);
    expect(remote.toRttm({ recordingId: 'two-speakers' })).toBe(rttm.stdout);
  });

  it('answers in the form of the contract, with the files and the metadata that were asked for', async () => {
    const job = await client.submit({
      task: 'diarize',
      audio: sample,
      numSpeakers: 3,
      output: { formats: ['rttm', 'csv'] },
      metadata: { call: 17 },
    });
    const results = await job.results();
    expect(results).toHaveLength(1);
    const raw = await statusOutput(platform, job.id);
    const parsed = jobResultSchema.parse(raw);
    expect(parsed).toMatchObject({ task: 'diarize', metadata: { call: 17 } });
    const [outcome] = parsed.results;
    expect(outcome).toMatchObject({ files: [{ format: 'rttm' }, { format: 'csv' }] });
  });

  it('fails with what was expected, what came and what to do, and goes on', async () => {
    const text = readFileSync(join(import.meta.dirname, '../../README.md'));
    const failure = await client.diarize({ audio: text }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ColloquyError);
    expect(failure).toMatchObject({ code: 'unsupported_audio', retryable: false });
    expect((failure as Error).message).not.toMatch(/\/tmp|colloquy-audio|at .*\.js/);
    const forbidden = await client
      .diarize({ audio: 'https://127.0.0.1/a.wav' })
      .catch((error: unknown) => error);
    expect(forbidden).toMatchObject({ code: 'audio_url_forbidden' });
    await expect(client.diarize({ audio: sample })).resolves.toBeDefined();
    const log = lines.join('\n');
    expect(log).toContain('Failed: unsupported_audio.');
    expect(log).toContain('Failed: audio_url_forbidden.');
    expect(log).not.toMatch(/colloquy-audio|at .*\.js|127\.0\.0\.1\/a\.wav/);
  });
});

/** Test 30 of the reliability list (B4 in issue 10), over the log of the worker and what it leaves on the disk. */
describe('30: of a job there is nothing in the log and nothing on the disk', { timeout: 300_000 }, () => {
  const lines: string[] = [];
  let platform: RunningPlatform;
  beforeAll(async () => {
    const onWorkerOutput = (_workerId: string, line: string): void => void lines.push(line);
    const workerCommand = builtWorkerCommand();
    platform = await startPlatform({ port: 0, workers: 1, workerCommand, onWorkerOutput });
  });
  afterAll(() => platform.close());

  it('of its audio, words, voice, name, metadata, address or query, whether it ends well or not', async () => {
    const baseUrl = platform.url.slice(0, platform.url.lastIndexOf('/'));
    const client = new Colloquy({ apiKey: 'SECRET-KEY', endpointId: 'local', baseUrl });
    const spoken = librarySound(5);
    const data = interleaved([spoken]);
    const talk = await client.transcribe({
      audio: wavBytes({ data }),
      metadata: { note: 'MARKER-metadata' },
    });
    const { embedding } = await client.embed({ audio: sample });
    const signed = 'https://127.0.0.1/MARKER-path.wav?X-Amz-Signature=MARKER-signature';
    await expect(client.diarize({ audio: signed })).rejects.toBeInstanceOf(ColloquyError);
    await expect(client.diarize({ audio: Buffer.from('MARKER-content') })).rejects.toBeInstanceOf(
      ColloquyError,
    );
    const log = lines.join('\n');
    expect(log).toContain('Finished.');
    expect(log).toContain('Failed: audio_url_forbidden.');
    const words = talk.words.map(({ text }) => text.replace(/\W/g, '')).filter((word) => word.length > 5);
    expect(words.length).toBeGreaterThan(2);
    const secrets = [
      ...words,
      'MARKER',
      'SECRET-KEY',
      Buffer.from(data).toString('base64', 3_000, 3_030),
      Buffer.from('MARKER-content').toString('base64'),
      String(embedding[0]),
      String(embedding[1]),
    ];
    expect(secrets.filter((secret) => log.includes(secret))).toEqual([]);
    const worker = platform.workers[0]!.pid;
    const left = readdirSync(tmpdir()).filter((name) => name.startsWith(`colloquy-audio-${worker}-`));
    expect(left).toEqual([]);
  });
});

async function statusOutput(platform: RunningPlatform, id: string): Promise<unknown> {
  const reply = await fetch(`${platform.url}/status/${id}`);
  return ((await reply.json()) as { output: unknown }).output;
}
