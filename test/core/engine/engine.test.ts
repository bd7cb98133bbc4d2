import { copyFileSync, createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { findPreset } from '../../../core/diarization/presets.ts';
import { resolveRecording } from '../../../core/diarization/resolve-recording.ts';
import { Engine, type EngineOptions } from '../../../core/engine/engine.ts';
import { DeadlineError, InputUnavailableError } from '../../../core/errors.ts';
import { hasNvidiaDevice } from '../../../core/inference/execution-provider.ts';
import { decodeObservations } from '../../../core/observation/observations-file.ts';
import { builtPath } from '../../support/built.ts';
import { embeddedConditions } from '../../support/campplus.ts';
import { EMBEDDED_SETUP } from '../../support/embedded-diarization.ts';
import { CAMPPLUS_MODEL, SEGMENTATION_MODEL } from '../../support/embedded-models.ts';
import { isRunning, until } from '../../support/processes.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const SAMPLE = join(import.meta.dirname, '../../../samples/two-speakers.wav');

const engines: Engine[] = [];
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.close()));
});

async function start(options: Partial<EngineOptions> = {}): Promise<Engine> {
  const engine = await Engine.start({
    enginePath: builtPath('engine-process.js'),
    environment: { PATH: process.env.PATH },
    provider: 'cpu',
    laneCount: 1,
    ...options,
  });
  engines.push(engine);
  return engine;
}

function signalAfter(delayMs: number, reason: Error): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), delayMs);
  return controller.signal;
}

/** A stream that gives the start of a WAV file and then nothing more, and says when it was read. */
function endlessWav(): { stream: AsyncIterable<Uint8Array>; read: Promise<void>; count: () => number } {
  let onRead!: () => void;
  const read = new Promise<void>((resolve) => (onRead = resolve));
  let count = 0;
  const stream = (async function* () {
    const bytes = readFileSync(SAMPLE);
    for (const start of [0, 65_536]) {
      count++;
      yield bytes.subarray(start, start + 65_536);
    }
    onRead();
    await new Promise(() => undefined);
  })();
  return { stream, read, count: () => count };
}

describe('Engine', () => {
  it('starts where the working folder was deleted', async () => {
    const before = process.cwd();
    const folder = mkdtempSync(join(tmpdir(), 'colloquy-deleted-'));
    process.chdir(folder);
    try {
      rmSync(folder, { recursive: true });
      const engine = await start();
      const { durationSeconds } = await engine.run('inspect-audio', { audio: { path: SAMPLE } });
      expect(durationSeconds).toBeGreaterThan(1);
    } finally {
      process.chdir(before);
    }
  });

  it('decodes a file, and the same bytes pushed to it, to the same facts', async () => {
    const engine = await start();
    const progress: number[] = [];
    const fromPath = await engine.run(
      'inspect-audio',
      { audio: { path: SAMPLE } },
      { onProgress: ({ done }) => progress.push(done) },
    );
    expect(fromPath).toMatchObject({ sourceSampleRate: 16_000, sourceChannels: 1 });
    expect(fromPath.durationSeconds).toBeGreaterThan(10);
    expect(progress.length).toBeGreaterThan(0);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    const stream = createReadStream(SAMPLE, { highWaterMark: 10_007 });
    expect(await engine.run('inspect-audio', { audio: { stream } })).toEqual(fromPath);
  });

  it('passes on typed errors of the task, with the name that the caller gave', async () => {
    const engine = await start();
    const run = engine.run('inspect-audio', { audio: { path: '/nowhere/secret.wav', name: 'interview' } });
    await expect(run).rejects.toMatchObject({ name: 'InputUnavailableError', code: 'file_not_found' });
    await expect(run).rejects.toThrow(/^interview /);
  });

  it('fails a job with the error of the stream that feeds it', async () => {
    const engine = await start();
    const stream = (async function* () {
      yield await Promise.resolve(readFileSync(SAMPLE).subarray(0, 1_000));
      throw new InputUnavailableError('audio_unreachable', 'The upload broke off.');
    })();
    await expect(engine.run('inspect-audio', { audio: { stream } })).rejects.toMatchObject({
      code: 'audio_unreachable',
    });
  });

  it('cancels a run that listens and keeps the child', async () => {
    const engine = await start();
    const child = engine.processId;
    const { stream, read } = endlessWav();
    const canceling = new AbortController();
    const run = engine.run('inspect-audio', { audio: { stream } }, { signal: canceling.signal });
    await read;
    canceling.abort();
    await expect(run).rejects.toMatchObject({ name: 'CanceledError', code: 'canceled' });
    await engine.run('inspect-audio', { audio: { path: SAMPLE } });
    expect(engine.processId).toBe(child);
  });

  it('kills a child that does not listen, reports why it was canceled, and starts another', async () => {
    const engine = await start({ graceMs: 50 });
    const child = engine.processId!;
    const { stream, read } = endlessWav();
    const canceling = new AbortController();
    const run = engine.run('inspect-audio', { audio: { stream } }, { signal: canceling.signal });
    await read;
    process.kill(child, 'SIGSTOP');
    const reason = new DeadlineError('The job took longer than its limit.');
    canceling.abort(reason);
    await expect(run).rejects.toBe(reason);
    expect(isRunning(child)).toBe(false);
    await engine.run('inspect-audio', { audio: { path: SAMPLE } });
    expect(engine.processId).not.toBe(child);
  });

  it('reports a crash to the jobs of the child and runs the next job in a fresh one', async () => {
    const engine = await start();
    const child = engine.processId!;
    const { stream, read } = endlessWav();
    const run = engine.run('inspect-audio', { audio: { stream } });
    await read;
    process.kill(child, 'SIGSEGV');
    await expect(run).rejects.toMatchObject({
      name: 'CapacityError',
      code: 'engine_crashed',
      details: { signal: 'SIGSEGV' },
    });
    await expect(engine.run('inspect-audio', { audio: { path: SAMPLE } })).resolves.toBeDefined();
    expect(engine.processId).not.toBe(child);
  });

  it('waits longer and longer with a child that dies at its start, and goes on once it lives', async () => {
    const folder = temporaryFolder();
    const [flag, log] = [join(folder, 'may-start'), join(folder, 'starts')];
    const enginePath = join(folder, 'engine.mjs');
    writeFileSync(
      enginePath,
      `import { appendFileSync, existsSync } from 'node:fs';
       appendFileSync(${JSON.stringify(log)}, 'x');
       if (!existsSync(${JSON.stringify(flag)})) process.exit(1);
       await import(${JSON.stringify(builtPath('engine-process.js'))});`,
    );
    writeFileSync(flag, '');
    const engine = await start({ enginePath, firstStartDelayMs: 1_000 });
    const starts = () => readFileSync(log, 'utf8').length;
    const inspect = (signal?: AbortSignal) =>
      engine.run('inspect-audio', { audio: { path: SAMPLE } }, { signal });
    rmSync(flag);
    process.kill(engine.processId!, 'SIGKILL');
    await until('the child has ended', () => !isRunning(engine.processId!));
    // The one that died at work is replaced at once; its successor dies at its start.
    // A run that comes before its end is known fails with it and starts nothing.
    while (starts() < 2) await expect(inspect()).rejects.toMatchObject({ code: 'engine_crashed' });
    expect(starts()).toBe(2);
    const reason = new DeadlineError('Too late.');
    await expect(inspect(signalAfter(50, reason))).rejects.toBe(reason);
    expect(starts()).toBe(2);
    writeFileSync(flag, '');
    await expect(inspect()).resolves.toMatchObject({ sourceSampleRate: 16_000 });
    expect(starts()).toBe(3);
  });

  it('never reads further ahead of the child than the chunks that may be under way', async () => {
    const engine = await start({ graceMs: 50 });
    const child = engine.processId!;
    let pulled = 0;
    const stream = (async function* () {
      const header = readFileSync(SAMPLE).subarray(0, 44);
      for (;;) {
        yield await Promise.resolve(pulled++ === 0 ? header : new Uint8Array(1_000));
      }
    })();
    process.kill(child, 'SIGSTOP');
    const canceling = new AbortController();
    const run = engine.run('inspect-audio', { audio: { stream } }, { signal: canceling.signal });
    await until('the first chunks were pulled', () => pulled > 1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(pulled).toBeLessThanOrEqual(9);
    canceling.abort();
    await expect(run).rejects.toMatchObject({ code: 'canceled' });
  });

  it('runs jobs in order of arrival, one at a time, and lets a waiting one be canceled', async () => {
    const engine = await start();
    const { stream, read } = endlessWav();
    const first = new AbortController();
    const running = engine.run('inspect-audio', { audio: { stream } }, { signal: first.signal });
    const second = new AbortController();
    const waiting = engine.run('inspect-audio', { audio: { path: SAMPLE } }, { signal: second.signal });
    const last = engine.run('inspect-audio', { audio: { path: SAMPLE } });
    await read;
    second.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'canceled' });
    first.abort();
    await expect(running).rejects.toMatchObject({ code: 'canceled' });
    await expect(last).resolves.toBeDefined();
  });

  it('runs several jobs at a time where that is asked for', async () => {
    const engine = await start({ concurrentTasks: 2 });
    const { stream, read } = endlessWav();
    const canceling = new AbortController();
    const blocked = engine.run('inspect-audio', { audio: { stream } }, { signal: canceling.signal });
    await read;
    await expect(engine.run('inspect-audio', { audio: { path: SAMPLE } })).resolves.toBeDefined();
    canceling.abort();
    await expect(blocked).rejects.toMatchObject({ code: 'canceled' });
  });

  it('cancels everything when it is closed, and leaves no process', async () => {
    const engine = await start();
    const child = engine.processId!;
    const { stream, read } = endlessWav();
    const running = engine.run('inspect-audio', { audio: { stream } });
    const waiting = engine.run('inspect-audio', { audio: { path: SAMPLE } });
    const outcomes = Promise.allSettled([running, waiting]);
    await read;
    await engine.close();
    for (const outcome of await outcomes) expect(outcome).toHaveProperty('reason.code', 'canceled');
    expect(isRunning(child)).toBe(false);
    await expect(engine.run('inspect-audio', { audio: { path: SAMPLE } })).rejects.toMatchObject({
      code: 'canceled',
    });
  });

  it('shows the child only the environment that it is given', async () => {
    const engine = await start({ environment: { PATH: process.env.PATH, COLLOQUY_TEST: 'seen' } });
    const environment = readFileSync(`/proc/${engine.processId!}/environ`, 'utf8').split('\0');
    expect(environment).toContain('COLLOQUY_TEST=seen');
    expect(environment.some((entry) => entry.startsWith('HOME='))).toBe(false);
  });
});

describe('diarize', () => {
  it('says who spoke when, the same with one lane and with two', async () => {
    const results = [];
    for (const laneCount of [1, 2]) {
      const engine = await start({ laneCount });
      await engine.run('load-diarization-models', EMBEDDED_SETUP);
      const result = await engine.run('diarize', { ...EMBEDDED_SETUP, options: {}, audio: { path: SAMPLE } });
      expect(result).toMatchObject({ provider: 'cpu', warnings: [], models: EMBEDDED_SETUP.files.uses });
      expect(result.speakers.map(({ label }) => label)).toEqual(['SPEAKER_00', 'SPEAKER_01']);
      const { timings: _timings, ...rest } = result;
      results.push(rest);
    }
    expect(results[1]).toEqual(results[0]);
  });

  it('keeps the observations where that is asked for', async () => {
    const engine = await start();
    const observationsPath = join(temporaryFolder(), 'observations');
    const result = await engine.run('diarize', {
      ...EMBEDDED_SETUP,
      options: { numSpeakers: 2 },
      observationsPath,
      audio: { path: SAMPLE },
    });
    const { observations, origin } = decodeObservations(readFileSync(observationsPath));
    expect(origin).toMatchObject({ preset: 'embedded', provider: 'cpu' });
    const { twoCovariance } = await embeddedConditions();
    const again = resolveRecording(
      observations,
      findPreset('embedded'),
      { numSpeakers: 2 },
      { twoCovariance },
    );
    expect(again.result.turns).toEqual(result.turns);
  });

  it('opens the recording before it loads models', async () => {
    const engine = await start();
    const segmentation = { ...SEGMENTATION_MODEL, path: '/nowhere/model.onnx' };
    const setup = { ...EMBEDDED_SETUP, files: { ...EMBEDDED_SETUP.files, segmentation } };
    const run = (path: string) => engine.run('diarize', { ...setup, options: {}, audio: { path } });
    await expect(run('/nowhere/talk.wav')).rejects.toMatchObject({ code: 'file_not_found' });
    await expect(run(SAMPLE)).rejects.toMatchObject({ code: 'model_missing' });
  });

  it('refuses a damaged model, and takes it once it is mended', async () => {
    const engine = await start();
    const path = join(temporaryFolder(), 'model.onnx');
    const setup = {
      ...EMBEDDED_SETUP,
      files: { ...EMBEDDED_SETUP.files, embedding: { ...CAMPPLUS_MODEL, path } },
    };
    writeFileSync(path, readFileSync(CAMPPLUS_MODEL.path).subarray(0, 100_000));
    await expect(engine.run('load-diarization-models', setup)).rejects.toMatchObject({
      name: 'ModelError',
      code: 'model_shape_mismatch',
    });
    copyFileSync(CAMPPLUS_MODEL.path, path);
    await expect(engine.run('load-diarization-models', setup)).resolves.toBeUndefined();
  });

  it('refuses a model of other tensors', async () => {
    const engine = await start();
    const embedding = { ...CAMPPLUS_MODEL, inputs: ['mels'] };
    const setup = { ...EMBEDDED_SETUP, files: { ...EMBEDDED_SETUP.files, embedding } };
    await expect(engine.run('load-diarization-models', setup)).rejects.toMatchObject({
      name: 'ModelError',
      code: 'model_shape_mismatch',
    });
  });
});

describe('Engine.start', () => {
  it('says which provider runs the models, with how many lanes', async () => {
    const engine = await start({ laneCount: 2 });
    expect(await engine.facts()).toEqual({ provider: 'cpu', laneCount: 2, warnings: [] });
  });

  it.skipIf(hasNvidiaDevice())('refuses a provider that is not there', async () => {
    await expect(start({ provider: 'cuda' })).rejects.toMatchObject({
      name: 'DependencyError',
      code: 'provider_unavailable',
    });
  });

  it('says what is wrong when there is no build', async () => {
    const starting = start({ enginePath: '/nowhere/engine-process.js' });
    await expect(starting).rejects.toMatchObject({ code: 'engine_crashed' });
  });
});
