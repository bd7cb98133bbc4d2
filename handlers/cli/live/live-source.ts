/** Where the sound of `colloquy live` comes from: 16 kHz mono blocks of a tenth of a second. */
import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { openAudio } from '../../../core/audio/decode.ts';
import { fileUnavailable } from '../../../core/file-unavailable.ts';
import { DependencyError, InputUnavailableError } from '../../../core/errors.ts';
import { SAMPLE_RATE } from '../../../core/timeline/sliding-window.ts';
import { decodeSound } from '../../work/live/decode-sound.ts';
import type { LiveStartParsed } from '../../../sdk/live/client-message.ts';
import type { CliContext } from '../context.ts';
import { standardInput } from '../input/standard-input.ts';

const BLOCK_SAMPLES = SAMPLE_RATE / 10;

export type LiveSourceOptions = {
  /** As fast as it can be read: only files can. */
  readonly unpaced?: true | undefined;
  /** What samples without a header, of a file or on standard input, are. */
  readonly raw?: LiveStartParsed['audio'] | undefined;
};

/**
 * A file at the pace of its sound, `-` for standard input, `microphone` or `microphone:ID` for a device.
 *
 * @throws SpeechError where it cannot be opened; from the iteration where it breaks off
 */
export async function* openLiveSource(
  source: string,
  { unpaced, raw }: LiveSourceOptions,
  { stdin, signal, config }: CliContext,
): AsyncGenerator<Float32Array, void, undefined> {
  if (source === 'microphone' || source.startsWith('microphone:')) {
    yield* decodeSound(listenTo(source.slice('microphone:'.length), signal), RAW_16K, signal);
  } else if (source === '-') {
    const bytes = standardInput(stdin);
    if (raw === undefined) yield* (await openAudio({ stream: bytes }, { signal })).blocks;
    else yield* decodeSound(bytes, raw, signal);
  } else {
    const blocks =
      raw === undefined
        ? (await openAudio({ path: source }, { signal, limits: config.audioLimits })).blocks
        : decodeSound(readSource(source), raw, signal);
    yield* unpaced === true ? inBlocks(blocks) : paced(inBlocks(blocks), signal);
  }
}

const RAW_16K = { encoding: 's16le', sampleRate: SAMPLE_RATE, channels: 1 } as const;

async function* readSource(path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path)) yield chunk as Uint8Array;
  } catch (error) {
    throw fileUnavailable(basename(path), error);
  }
}

async function* inBlocks(blocks: AsyncIterable<Float32Array>): AsyncGenerator<Float32Array> {
  for await (const block of blocks) {
    for (let start = 0; start < block.length; start += BLOCK_SAMPLES)
      yield block.subarray(start, start + BLOCK_SAMPLES);
  }
}

/** Each block when a microphone would have it. */
async function* paced(
  blocks: AsyncIterable<Float32Array>,
  signal: AbortSignal,
): AsyncGenerator<Float32Array> {
  const began = performance.now();
  let samples = 0;
  for await (const block of blocks) {
    samples += block.length;
    const waitMs = began + (1000 * samples) / SAMPLE_RATE - performance.now();
    if (waitMs > 0) await untilOrAborted(waitMs, signal);
    if (signal.aborted) return;
    yield block;
  }
}

function untilOrAborted(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}

/** What ffmpeg calls the devices of a system, and the one that is meant without a name. */
const DEVICES: Partial<Record<NodeJS.Platform, { readonly format: string; readonly device: string }>> = {
  linux: { format: 'alsa', device: 'default' },
  darwin: { format: 'avfoundation', device: ':default' },
  win32: { format: 'dshow', device: 'audio=default' },
};

/** Raw samples of a device, by ffmpeg. */
async function* listenTo(id: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const system = DEVICES[process.platform];
  if (system === undefined)
    throw new DependencyError('dependency_missing', `Microphones are not known on ${process.platform}.`);
  const input = ['-f', system.format, '-i', id === '' ? system.device : id];
  const output = ['-ac', '1', '-ar', String(SAMPLE_RATE), '-f', 's16le', '-'];
  const child = spawn('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-nostdin', ...input, ...output], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  let failure = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (failure = (failure + text).slice(-300)));
  const ended = new Promise<Error | undefined>((resolve) => {
    child.once('error', resolve);
    child.once('close', () => resolve(undefined));
  });
  let heard = 0;
  for await (const chunk of child.stdout) {
    heard += (chunk as Buffer).length;
    yield chunk as Uint8Array;
  }
  const error = await ended;
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT')
    throw new DependencyError(
      'dependency_missing',
      'A microphone is heard by ffmpeg, which is not installed.',
    );
  if (heard > 0 || signal.aborted) return;
  const said = failure.trim().split('\n').at(-1) ?? '';
  throw new InputUnavailableError(
    'file_not_readable',
    `The microphone cannot be heard: ${said || 'ffmpeg gave no sound'}. Name a device: microphone:ID, as ffmpeg -f ${system.format} knows it.`,
  );
}
