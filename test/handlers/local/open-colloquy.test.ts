import {
  createReadStream,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalColloquy, openColloquy } from '../../../handlers/local/index.ts';
import type { AudioInput, JobProgress, StreamEvent } from '../../../sdk/index.ts';
import { TWO_SPEAKERS, voiceFile } from '../../support/sample-voices.ts';
import { interleaved } from '../../support/two-channels.ts';
import { wavBytes } from '../../support/wav-bytes.ts';

const folder = mkdtempSync(join(tmpdir(), 'colloquy-local-'));
const ana = voiceFile(folder, 'ana', 2);
const environment = { ...process.env, COLLOQUY_VOICES: join(folder, 'voices') };

let colloquy: LocalColloquy;
beforeAll(async () => {
  colloquy = await openColloquy({ environment, threads: 2, preload: ['moonshine-tiny'] });
});
afterAll(async () => {
  await colloquy.close();
  rmSync(folder, { recursive: true });
});

describe('audio', () => {
  test.each<[string, () => AudioInput]>([
    ['bytes', () => readFileSync(ana)],
    ['a Blob', () => new Blob([readFileSync(ana)])],
    ['a File', () => new File([readFileSync(ana)], 'ana.wav')],
    ['a stream of Node', () => createReadStream(ana, { highWaterMark: 1000 })],
    ['a web stream', () => new Blob([readFileSync(ana)]).stream()],
    ['base64', () => ({ base64: readFileSync(ana).toString('base64') })],
    ['a data URI', () => `data:audio/wav;base64,${readFileSync(ana).toString('base64')}`],
    ['a file URL', () => new URL(`file://${ana}`)],
  ])('as %s is what it is as a path', async (_, audio) => {
    const { timings: _a, ...result } = await colloquy.loudness(audio());
    const { timings: _b, ...expected } = await colloquy.loudness(ana);
    expect(result).toEqual(expected);
  });

  test('two recordings at a time may be streams', async () => {
    const pair = [createReadStream(ana), readFileSync(ana)] as const;
    expect(await colloquy.compare(pair, { acceptPoorQuality: true })).toMatchObject({ sameSpeaker: true });
  });

  test('a stream that fails, fails the call', async () => {
    const broken = (async function* (): AsyncGenerator<Uint8Array> {
      yield readFileSync(ana).subarray(0, 4_000);
      await Promise.reject(new Error('the line was cut'));
    })();
    await expect(colloquy.loudness(broken)).rejects.toMatchObject({ name: 'JobFailedError' });
    expect((await colloquy.loudness(ana)).durationSeconds).toBeGreaterThan(5);
  });
});

describe('one channel of a recording', () => {
  const ben = voiceFile(folder, 'ben', 2);
  const [left, right] = [ana, ben].map(
    (path) => new Int16Array(Uint8Array.from(readFileSync(path)).buffer, 44),
  );
  const length = Math.min(left!.length, right!.length);
  const sides = [left!.subarray(0, length), right!.subarray(0, length)];
  const both = join(folder, 'both.wav');
  writeFileSync(both, wavBytes({ channels: 2, data: interleaved(sides) }));
  const alone = sides.map((samples, index) => {
    const path = join(folder, `alone-${index}.wav`);
    writeFileSync(path, wavBytes({ data: interleaved([samples]) }));
    return path;
  });

  test.each([0, 1])('channel %i is heard as a recording of its own', async (channel) => {
    const options = { channel, acceptPoorQuality: true };
    const voice = await colloquy.embed(both, options);
    const expected = await colloquy.embed(alone[channel]!, { acceptPoorQuality: true });
    expect(voice.embedding).toEqual(expected.embedding);
    const { segments } = await colloquy.detectSpeech(both, { channel });
    expect(segments).toEqual((await colloquy.detectSpeech(alone[channel]!)).segments);
    const { turns } = await colloquy.diarize(both, { channel });
    expect(turns).toEqual((await colloquy.diarize(alone[channel]!)).turns);
  });

  test('that there is not is an error, and one that is no number is refused', async () => {
    await expect(colloquy.embed(both, { channel: 2 })).rejects.toMatchObject({ code: 'invalid_option' });
    // @ts-expect-error JavaScript callers may
    await expect(colloquy.detectSpeech(both, { channel: 'left' })).rejects.toMatchObject({
      code: 'invalid_option',
    });
  });
});

describe('a call', () => {
  test('that is aborted ends at once, and the engine is free for the next', async () => {
    const controller = new AbortController();
    const waiting = colloquy.diarize(TWO_SPEAKERS, {
      signal: controller.signal,
      onProgress: ({ stage }) => stage === 'observe' && controller.abort(),
    });
    await expect(waiting).rejects.toMatchObject({ name: 'CanceledError', code: 'canceled' });
    expect((await colloquy.loudness(ana)).durationSeconds).toBeGreaterThan(5);
  });

  test('that takes too long fails with the limit', async () => {
    await expect(colloquy.diarize(TWO_SPEAKERS, { timeoutMs: 30 })).rejects.toMatchObject({
      name: 'DeadlineError',
      code: 'deadline_exceeded',
    });
  });

  test('tells how far it is, and fails with what its listener throws', async () => {
    const told: JobProgress[] = [];
    await colloquy.transcribe(ana, { onProgress: (progress) => told.push(progress) });
    expect(told.at(-1)).toMatchObject({
      stage: 'transcribe',
      index: 0,
      jobId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    const throwing = colloquy.transcribe(ana, {
      onProgress: () => {
        throw new RangeError('of the listener');
      },
    });
    await expect(throwing).rejects.toThrow('of the listener');
  });

  test('has no webhook', async () => {
    const call = colloquy.loudness({ audio: ana, webhook: 'https://example.com/hook' });
    await expect(call).rejects.toMatchObject({ name: 'InvalidRequestError', code: 'invalid_option' });
  });

  test('streams: utterances before the end, then everything', async () => {
    const events: StreamEvent[] = [];
    for await (const event of colloquy.stream({ task: 'transcribe', audio: TWO_SPEAKERS, diarize: false }))
      events.push(event);
    const kinds = events.map(({ type }) => type);
    expect(kinds.filter((kind) => kind === 'utterance').length).toBeGreaterThan(8);
    expect(kinds.at(-1)).toBe('result');
    expect(kinds.indexOf('utterance')).toBeLessThan(kinds.lastIndexOf('progress'));
  });

  test('whose loop is left stops the work', async () => {
    const texts: string[] = [];
    for await (const { text } of colloquy.utterances(TWO_SPEAKERS, { diarize: false })) {
      texts.push(text);
      break;
    }
    expect(texts).toHaveLength(1);
    // The next one does not wait for the rest of the recording.
    expect((await colloquy.loudness(ana)).durationSeconds).toBeGreaterThan(5);
  });
});

describe('observations', () => {
  const file = join(folder, 'two.observations');

  test('are kept for resolving anew, and give what diarize gave', async () => {
    const first = await colloquy.observe(TWO_SPEAKERS, file, { numSpeakers: 2 });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await colloquy.resolve(file, { numSpeakers: 2 })).turns).toEqual(first.turns);
    const one = await colloquy.resolve(readFileSync(file), { numSpeakers: 1 });
    expect(one.speakers).toHaveLength(1);
    expect(one.toRttm()).toContain('SPEAKER_00');
  });

  test('of a recording that fails are not there', async () => {
    const nowhere = join(folder, 'failed.observations');
    await expect(colloquy.observe(Buffer.from('no audio'), nowhere)).rejects.toMatchObject({
      code: 'unsupported_audio',
    });
    expect(existsSync(nowhere)).toBe(false);
    await expect(colloquy.observe(ana, join(folder, 'none', 'x'))).rejects.toMatchObject({
      name: 'JobFailedError',
      code: 'output_not_writable',
    });
  });

  test('that are none, are refused', async () => {
    await expect(colloquy.resolve(ana)).rejects.toMatchObject({ code: 'invalid_file' });
    await expect(colloquy.resolve(join(folder, 'missing'))).rejects.toMatchObject({ code: 'file_not_found' });
    await expect(colloquy.resolve(file, { preset: 'none' })).rejects.toMatchObject({
      code: 'invalid_option',
    });
  });
});

describe('voices', () => {
  test('are none at first', async () => {
    expect(await colloquy.voices.list()).toEqual([]);
    expect(await colloquy.voices.remove('Ana')).toBe(false);
    await expect(colloquy.voices.get('Ana')).rejects.toMatchObject({
      name: 'NotFoundError',
      code: 'not_found',
    });
  });

  test('are learnt, known, named in a diarization, and forgotten', async () => {
    const stages = new Set<number>();
    const first = await colloquy.voices.enroll('Ana', [ana, readFileSync(voiceFile(folder, 'ana', 0))], {
      onProgress: ({ index }) => stages.add(index),
    });
    expect(first).toMatchObject({ sampleCount: 2, samples: [{ accepted: true }, { accepted: true }] });
    expect([...stages]).toEqual([0, 1]);
    const ben = voiceFile(folder, 'ben', 0);
    await colloquy.voices.enroll('Ben', ben);
    const voices = await colloquy.voices.list();
    expect(voices.map(({ name }) => name)).toEqual(['Ana', 'Ben']);
    expect(await colloquy.identify(ben, { voices })).toMatchObject({ voice: 'Ben' });
    const voice = await colloquy.voices.get('Ana');
    expect(await colloquy.verify(ben, { voice })).toMatchObject({ sameSpeaker: false });
    const named = await colloquy.diarize(TWO_SPEAKERS, { numSpeakers: 2, voices });
    expect(named.speakers.map(({ name }) => name).sort()).toEqual(['Ana', 'Ben']);
    expect(await colloquy.voices.enroll('Ana', ana, { replace: true })).toMatchObject({ sampleCount: 1 });
    expect(await colloquy.voices.remove('Ana')).toBe(true);
    expect(await colloquy.voices.list()).toHaveLength(1);
  });

  test('of a bad sample are not learnt', async () => {
    const silence = Buffer.concat([readFileSync(ana).subarray(0, 44), Buffer.alloc(160_000)]);
    await expect(colloquy.voices.enroll('Cid', silence)).rejects.toMatchObject({
      name: 'JobFailedError',
      code: 'insufficient_speech',
    });
    await expect(colloquy.voices.get('Cid')).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('openColloquy', () => {
  test('refuses options that are wrong', async () => {
    await expect(openColloquy({ threads: 0 })).rejects.toMatchObject({ name: 'InvalidRequestError' });
    const badEnvironment = { ...environment, COLLOQUY_THREADS: 'many' };
    await expect(openColloquy({ environment: badEnvironment })).rejects.toMatchObject({
      name: 'JobFailedError',
      code: 'configuration_invalid',
    });
  });

  test('reports a model that is not here, and leaves no process behind', async () => {
    const opening = openColloquy({
      environment,
      offline: true,
      preload: ['whisper-base'],
      modelFolders: [folder],
    });
    await expect(opening).rejects.toMatchObject({ name: 'JobFailedError', code: 'model_missing' });
  });

  test('of a recording that is too long says so', async () => {
    const strict = await openColloquy({ environment, maxDurationSeconds: 2 });
    await expect(strict.loudness(ana)).rejects.toMatchObject({ code: 'audio_too_long' });
    await strict.close();
    await expect(strict.loudness(ana)).rejects.toMatchObject({ name: 'CanceledError' });
  });
});
