/** The microphone of a browser, as a live session takes it: 16-bit samples at the rate of the device. */
import { InvalidRequestError } from '../errors/errors.ts';

/** Which microphone, and how it hears. */
export type MicrophoneOptions = {
  /** Of `navigator.mediaDevices.enumerateDevices()`. @default the one that the reader has chosen */
  readonly deviceId?: string;
  /**
   * Whether the browser takes echo and noise out and raises what is quiet: for talk over loudspeakers. It changes voices.
   *
   * @default false
   */
  readonly cleansSound?: boolean;
  /**
   * Address of a module that is `MICROPHONE_WORKLET`, for pages whose policy forbids scripts from `blob:`.
   *
   * @default one is made
   */
  readonly workletUrl?: string;
};

/** An open microphone: blocks of a tenth of a second, until it is closed or taken away. */
export type Microphone = AsyncIterable<Int16Array<ArrayBuffer>> & {
  /** What `client.live` has to know of its sound. */
  readonly audio: { readonly encoding: 's16le'; readonly sampleRate: number; readonly channels: 1 };
  /** Lets go of it; blocks that were heard still come. */
  readonly close: () => void;
};

/** What runs in the audio thread: the mean of all channels as 16-bit samples, a tenth of a second a message. */
export const MICROPHONE_WORKLET = `
registerProcessor('colloquy-microphone', class extends AudioWorkletProcessor {
  block = new Int16Array(Math.round(sampleRate / 10));
  filled = 0;
  process([channels]) {
    const count = channels.length;
    for (let i = 0; count > 0 && i < channels[0].length; i += 1) {
      let sum = 0;
      for (const channel of channels) sum += channel[i];
      this.block[this.filled++] = Math.max(-32768, Math.min(32767, Math.round(32768 * sum / count)));
      if (this.filled < this.block.length) continue;
      this.port.postMessage(this.block, [this.block.buffer]);
      this.block = new Int16Array(Math.round(sampleRate / 10));
      this.filled = 0;
    }
    return true;
  }
});
`;

/** Blocks that wait for a reader, at most: a minute. Older ones are worth more than a page that grows. */
const MOST_WAITING_BLOCKS = 600;

/** The parts of a browser that are needed here; other runtimes have none of them. */
type Track = { stop(): void; addEventListener(type: 'ended', listener: () => void): void };
type Stream = { getTracks(): Track[] };
type Node = { connect(to: Node): Node };
type Context = {
  readonly sampleRate: number;
  readonly destination: Node;
  readonly audioWorklet: { addModule(url: string): Promise<void> };
  createMediaStreamSource(stream: Stream): Node;
  resume(): Promise<void>;
  close(): Promise<void>;
};
type WorkletNode = Node & {
  readonly port: { onmessage: ((event: { readonly data: Int16Array<ArrayBuffer> }) => void) | null };
};
type Browser = {
  readonly navigator?: {
    readonly mediaDevices?: { getUserMedia(asked: { readonly audio: object }): Promise<Stream> };
  };
  readonly AudioContext?: new () => Context;
  readonly AudioWorkletNode?: new (context: Context, name: string) => WorkletNode;
};

/**
 * Opens the microphone; the browser asks its reader.
 *
 * @throws InvalidRequestError `unsupported_request` where there is none: no browser, or a page that is not secure
 * @throws DOMException where the browser or the reader says no
 */
export async function openMicrophone(options: MicrophoneOptions = {}): Promise<Microphone> {
  // Where a program knows the types of browsers, they are not ours.
  const scope: object = globalThis;
  const { navigator, AudioContext, AudioWorkletNode } = scope as Browser;
  const devices = navigator?.mediaDevices;
  if (devices === undefined || AudioContext === undefined || AudioWorkletNode === undefined) {
    throw new InvalidRequestError(
      'unsupported_request',
      'There is no microphone here: it takes a browser, and a page by https or of this machine.',
    );
  }
  const stream = await devices.getUserMedia({ audio: constraintsOf(options) });
  const stopTracks = (): void => stream.getTracks().forEach((track) => track.stop());
  try {
    // At the rate of the device: some browsers take no other, and the server takes any.
    const context = new AudioContext();
    await addWorklet(context, options.workletUrl);
    const node = new AudioWorkletNode(context, 'colloquy-microphone');
    const blocks = new Blocks(() => {
      stopTracks();
      void context.close();
    });
    node.port.onmessage = ({ data }) => blocks.push(data);
    for (const track of stream.getTracks()) track.addEventListener('ended', () => blocks.close());
    // Browsers run only what is connected; what comes out of it is silence.
    context.createMediaStreamSource(stream).connect(node).connect(context.destination);
    await context.resume();
    const audio = { encoding: 's16le', sampleRate: context.sampleRate, channels: 1 } as const;
    return { audio, close: () => blocks.close(), [Symbol.asyncIterator]: () => blocks.read() };
  } catch (error) {
    stopTracks();
    throw error;
  }
}

function constraintsOf({ deviceId, cleansSound = false }: MicrophoneOptions): object {
  return {
    echoCancellation: cleansSound,
    noiseSuppression: cleansSound,
    autoGainControl: cleansSound,
    ...(deviceId === undefined ? {} : { deviceId: { exact: deviceId } }),
  };
}

async function addWorklet({ audioWorklet }: Context, given: string | undefined): Promise<void> {
  if (given !== undefined) {
    await audioWorklet.addModule(given);
    return;
  }
  const url = URL.createObjectURL(new Blob([MICROPHONE_WORKLET], { type: 'text/javascript' }));
  await audioWorklet.addModule(url).finally(() => URL.revokeObjectURL(url));
}

/** Blocks from the audio thread, for one reader. */
class Blocks {
  readonly #waiting: Int16Array<ArrayBuffer>[] = [];
  readonly #onClose: () => void;
  #isClosed = false;
  #wake = (): void => undefined;

  constructor(onClose: () => void) {
    this.#onClose = onClose;
  }

  push(block: Int16Array<ArrayBuffer>): void {
    if (this.#isClosed || this.#waiting.length >= MOST_WAITING_BLOCKS) return;
    this.#waiting.push(block);
    this.#wake();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#onClose();
    this.#wake();
  }

  async *read(): AsyncGenerator<Int16Array<ArrayBuffer>, void, undefined> {
    try {
      for (;;) {
        const block = this.#waiting.shift();
        if (block !== undefined) yield block;
        else if (this.#isClosed) return;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.close();
    }
  }
}
