import { createReadStream, openAsBlob } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { carryAudio, type Carriage } from '../../../sdk/audio/carry-audio.ts';
import type { AudioInput } from '../../../sdk/index.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = await mkdtemp(join(tmpdir(), 'colloquy-test-'));
afterAll(() => rm(folder, { recursive: true }));

const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
const base64 = Buffer.from(bytes).toString('base64');
const path = join(folder, 'meeting.m4a');
await writeFile(path, bytes);

async function* pieces(count = 10): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i++) {
    await Promise.resolve();
    yield bytes.subarray(i * 100, (i + 1) * 100);
  }
}

function carriage(changes: Partial<Carriage> = {}): Carriage {
  return { inlineBytes: 1000, upload: undefined, signal: new AbortController().signal, ...changes };
}

async function carried(input: AudioInput, changes: Partial<Carriage> = {}): Promise<unknown> {
  return (await carryAudio([input], carriage(changes)))[0];
}

describe('small audio travels inside the job, whatever it is', () => {
  test.each<[string, () => AudioInput]>([
    ['a path', () => path],
    ['{ path }', () => ({ path })],
    ['a file URL', () => pathToFileURL(path)],
    ['a file URL as text', () => pathToFileURL(path).href],
    ['a Buffer', () => Buffer.from(bytes)],
    ['a part of a larger buffer', () => new Uint8Array([0, ...bytes, 0]).subarray(1, 1001)],
    ['an ArrayBuffer', () => bytes.slice().buffer],
    ['a DataView', () => new DataView(bytes.slice().buffer)],
    ['a Blob', () => new Blob([bytes])],
    ['a File', () => new File([bytes], 'a.wav')],
    ['a Node stream', () => createReadStream(path, { highWaterMark: 64 })],
    ['a web stream', () => Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>],
    ['a web stream that cannot be iterated', () => withoutIterator(new Blob([bytes]).stream())],
    ['a generator', () => pieces()],
  ])('%s', async (_, input) => {
    expect(await carried(input())).toEqual({ base64 });
  });

  function withoutIterator(stream: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    return { getReader: () => stream.getReader() } as unknown as ReadableStream<Uint8Array>;
  }
});

describe('an address is passed on', () => {
  test.each<[AudioInput, unknown]>([
    ['https://example.com/a.wav?sig=1', { url: 'https://example.com/a.wav?sig=1' }],
    ['HTTPS://EXAMPLE.COM/a', { url: 'HTTPS://EXAMPLE.COM/a' }],
    [new URL('https://example.com/a.wav'), { url: 'https://example.com/a.wav' }],
    ['s3://bucket/folder/a b.wav', { s3: { bucket: 'bucket', key: 'folder/a b.wav' } }],
    [{ s3: { bucket: 'b', key: 'k' } }, { s3: { bucket: 'b', key: 'k' } }],
    [{ url: 'https://example.com/' }, { url: 'https://example.com/' }],
    ['data:audio/wav;base64,QUJD', { base64: 'data:audio/wav;base64,QUJD' }],
    [{ base64: 'QUJD' }, { base64: 'QUJD' }],
  ])('%j', async (input, source) => {
    expect(await carried(input)).toEqual(source);
  });
});

describe('what is no audio', () => {
  test.each<[string, unknown, string]>([
    ['an empty text', '', 'invalid_option'],
    ['null', null, 'invalid_option'],
    ['a number', 7, 'invalid_option'],
    ['another object', { file: 'x' }, 'invalid_option'],
    ['a bucket without key', 's3://bucket', 'invalid_option'],
    ['nothing', new Uint8Array(), 'invalid_option'],
    ['an empty stream', pieces(0), 'invalid_option'],
    ['a stream of text', Readable.from(['text']), 'invalid_option'],
    ['a missing file', join(folder, 'missing.wav'), 'file_not_found'],
    ['a folder', folder, 'file_not_readable'],
  ])('%s', async (_, input, code) => {
    await expect(carried(input as AudioInput)).rejects.toMatchObject({ code });
  });

  test('a file that changes while it is read', async () => {
    const changing = join(folder, 'changing.wav');
    await writeFile(changing, bytes);
    const blob = await openAsBlob(changing);
    await writeFile(changing, 'shorter');
    await expect(carried(blob)).rejects.toMatchObject({ code: 'file_not_readable' });
  });

  test('a stream that fails fails the call with its own error', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield* pieces(1);
      throw new Error('mine');
    }
    await expect(carried(broken())).rejects.toThrow('mine');
  });
});

describe('large audio', () => {
  const uploads: { size: number; name: string; content: Uint8Array }[] = [];
  const upload: Carriage['upload'] = async (blob, { name }) => {
    uploads.push({ size: blob.size, name, content: new Uint8Array(await blob.arrayBuffer()) });
    return { url: 'https://store.example.com/x' };
  };

  test.each<[string, () => AudioInput, string]>([
    ['a path', () => path, 'meeting.m4a'],
    ['a File', () => new File([bytes], 'call.wav'), 'call.wav'],
    ['bytes', () => bytes, 'audio'],
    ['a stream', () => pieces(), 'audio'],
    ['base64', () => ({ base64 }), 'audio'],
    ['a data URI', () => `data:audio/wav;base64,${base64}`, 'audio'],
  ])('is uploaded whole: %s', async (_, input, name) => {
    uploads.length = 0;
    const seen: [number, number][] = [];
    const source = await carried(input(), {
      inlineBytes: 500,
      upload,
      onUpload: (done, total) => seen.push([done, total]),
    });
    expect(source).toEqual({ url: 'https://store.example.com/x' });
    expect(uploads).toMatchObject([{ size: 1000, name }]);
    expect(Buffer.from(uploads[0]!.content).equals(bytes)).toBe(true);
    expect(seen).toEqual([
      [0, 1000],
      [1000, 1000],
    ]);
  });

  test.each<[string, () => AudioInput]>([
    ['a path', () => path],
    ['a stream', () => pieces()],
    ['base64', () => ({ base64 })],
  ])('without an upload is a typed error that says the limit and the ways out: %s', async (_, input) => {
    await expect(carried(input(), { inlineBytes: 999 })).rejects.toMatchObject({
      name: 'PayloadTooLargeError',
      code: 'audio_too_large',
      details: { limitBytes: 999 },
      message: expect.stringMatching(/999 bytes.*presignedUpload or s3Upload.*URL/s),
    });
  });

  test('several recordings share the room', async () => {
    uploads.length = 0;
    const sources = await carryAudio([bytes, bytes, bytes], carriage({ inlineBytes: 2500, upload }));
    expect(sources.map((source) => Object.keys(source)[0])).toEqual(['base64', 'base64', 'url']);
  });

  test('a stream is not read further than it must be when there is no upload', async () => {
    let read = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        await Promise.resolve();
        read += 100;
        yield bytes.subarray(0, 100);
      }
    }
    await expect(carried(endless())).rejects.toMatchObject({ code: 'audio_too_large' });
    expect(read).toBeLessThanOrEqual(1200);
  });

  test('a stream that is collected leaves nothing on the disk, also when the upload fails or is stopped', async () => {
    // Of its own: others collect at the same time in the one that all share.
    const own = temporaryFolder();
    vi.stubEnv('TMPDIR', own);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(tmpdir()).toBe(own);
    await carried(pieces(), { inlineBytes: 500, upload });
    await expect(
      carried(pieces(), { inlineBytes: 500, upload: () => Promise.reject(new Error('down')) }),
    ).rejects.toThrow('down');
    const controller = new AbortController();
    async function* stopping(): AsyncGenerator<Uint8Array> {
      yield* pieces(6);
      controller.abort(new Error('stop'));
      yield* pieces(4);
    }
    await expect(
      carried(stopping(), { inlineBytes: 500, upload, signal: controller.signal }),
    ).rejects.toThrow('stop');
    expect(await readdir(own)).toEqual([]);
  });
});
