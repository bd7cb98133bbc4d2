/** A live session as a caller has it: sound in, events and a transcript out; lost connections are mended. */
import type { LiveEvent } from '../../core/result/live/live-events.ts';
import {
  applyLiveEvent,
  EMPTY_LIVE_TRANSCRIPT,
  type LiveTranscript,
} from '../../core/result/live/live-transcript.ts';
import { CanceledError, ColloquyError, ConnectionError, JobFailedError } from '../errors/errors.ts';
import type { ErrorCode } from '../wire.ts';
import { sleep } from '../transport/sleep.ts';
import { KeptBytes } from './kept-bytes.ts';
import type { LiveStart } from './live-start.ts';
import type { LiveWebSocket } from './live-socket.ts';
import { MAX_LIVE_MESSAGE_BYTES } from './protocol.ts';
import type { LiveReady, LiveServerMessage } from './server-message.ts';

/** What a live session ends with: the transcript or diarization of the whole sound; null where only speech was detected. */
export type LiveResult = LiveTranscript['result'];

/** What a session needs of the client. */
export type LiveConnection = {
  /** Opens a socket. */
  readonly open: () => Promise<LiveWebSocket>;
  readonly start: Omit<LiveStart, 'type'>;
  readonly signal?: AbortSignal | undefined;
  /** Called when no more sound is wanted. */
  readonly onOver?: () => void;
};

/** Sound that may be on its way before `write` waits. */
const MOST_BUFFERED_BYTES = 1024 * 1024;
/** Sound that is kept for a new connection; beyond it `write` waits until the server has some of it. */
const MOST_KEPT_BYTES = 16 * 1024 * 1024;
const FRAME_BYTES = MAX_LIVE_MESSAGE_BYTES / 4;
/** A lost connection is tried again this often, within the minute for which the server keeps the session. */
const RETRY_DELAYS_MS = [100, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 20_000];
const ROOM_CHECK_MS = 20;
/** `readyState` of a socket that takes what is sent. */
const OPEN = 1;
const NEVER = new AbortController().signal;
/** Closed by the server: nothing to come back to. */
const FINAL_CODES = new Set([1000, 1003, 1007, 1008, 1009, 4408, 4409]);

/** An open live session; made by `client.live()`. */
export class Live implements AsyncIterable<LiveEvent> {
  readonly #connection: LiveConnection;
  readonly #kept = new KeptBytes();
  readonly #events: LiveEvent[] = [];
  #socket: LiveWebSocket | undefined;
  #ready: LiveReady | undefined;
  /** What the session that a new connection goes on with said of itself. */
  #resumeWith: LiveReady | undefined;
  #lastSeq = -1;
  #state: LiveTranscript = EMPTY_LIVE_TRANSCRIPT;
  #isFinished = false;
  #isOver = false;
  #jobId: string | undefined;
  #failure: ColloquyError | undefined;
  #wake: (() => void)[] = [];
  #said: { readonly code: string; readonly message: string; readonly retryable: boolean } | undefined;

  private constructor(connection: LiveConnection) {
    this.#connection = connection;
    connection.signal?.addEventListener('abort', () => this.abort(), { once: true });
  }

  /** @throws ColloquyError where the session cannot be opened */
  static async open(connection: LiveConnection): Promise<Live> {
    const live = new Live(connection);
    await live.#connect();
    while (live.#ready === undefined && !live.#isOver) await live.#nextChange();
    if (live.#failure !== undefined) throw live.#failure;
    return live;
  }

  /** Everything that was said so far, as one picture. */
  get transcript(): LiveTranscript {
    return this.#state;
  }

  /** The job that the session is kept as: with `keepResult`, after `finish`. */
  get jobId(): string | undefined {
    return this.#jobId;
  }

  /** False while a lost connection is opened again. */
  get isConnected(): boolean {
    return this.#ready !== undefined && this.#socket?.readyState === OPEN && !this.#isOver;
  }

  /**
   * Sends sound in the encoding that the session was opened with. Resolves when there is room for more.
   *
   * @throws ColloquyError what ended the session
   */
  async write(sound: Uint8Array | Int16Array | Float32Array): Promise<void> {
    if (this.#isFinished) throw new ConnectionError('conflict', 'Sound was written after finish.');
    const bytes = new Uint8Array(sound.buffer, sound.byteOffset, sound.byteLength);
    for (let start = 0; start < bytes.length; start += FRAME_BYTES) {
      this.#throwFailure();
      const frame = Uint8Array.from(bytes.subarray(start, start + FRAME_BYTES));
      this.#kept.push(frame);
      // What a closing socket would not take is sent again over the next one.
      if (this.isConnected) this.#socket?.send(frame);
      await this.#room();
    }
  }

  /** The same as a stream, for `pipeTo`. */
  get writable(): WritableStream<Uint8Array> {
    return new WritableStream({
      write: (chunk) => this.write(chunk),
      close: async () => {
        await this.finish();
      },
      abort: () => this.abort(),
    });
  }

  /** Gives a speaker a name; all who listen are told. */
  nameSpeaker(speaker: string, name: string): void {
    this.#socket?.send(JSON.stringify({ type: 'name-speaker', speaker, name }));
  }

  /**
   * Nothing more comes: waits for the result.
   *
   * @throws ColloquyError what ended the session
   */
  async finish(): Promise<LiveResult> {
    if (!this.#isFinished) {
      this.#isFinished = true;
      this.#connection.onOver?.();
      if (this.#ready !== undefined) this.#socket?.send('{"type":"finish"}');
    }
    while (!this.#isOver) await this.#nextChange();
    this.#throwFailure();
    return this.#state.result;
  }

  /** Ends the session without a result. */
  abort(): void {
    this.#end(new CanceledError('canceled', 'The live session was canceled.'));
    this.#socket?.close(1000);
  }

  /** Events in order, for one reader; ends with the result, or throws what ended the session. */
  async *[Symbol.asyncIterator](): AsyncGenerator<LiveEvent, void, undefined> {
    for (;;) {
      const event = this.#events.shift();
      if (event !== undefined) yield event;
      else if (this.#isOver) {
        this.#throwFailure();
        return;
      } else await this.#nextChange();
    }
  }

  async #connect(): Promise<void> {
    const socket = await this.#connection.open();
    if (this.#isOver) {
      socket.close(1000);
      return;
    }
    const before = this.#ready;
    this.#ready = undefined;
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#receive(socket, data));
    socket.addEventListener('close', ({ code }) => this.#lost(socket, code));
    const { sessionId, resumeToken } = before ?? {};
    const hello =
      before === undefined
        ? { type: 'start', ...this.#connection.start }
        : { type: 'resume', sessionId, resumeToken, lastSeq: this.#lastSeq };
    this.#resumeWith = before;
    socket.send(JSON.stringify(hello));
  }

  #receive(socket: LiveWebSocket, data: unknown): void {
    if (socket !== this.#socket || typeof data !== 'string') return;
    const message = JSON.parse(data) as LiveServerMessage;
    if (message.type === 'ready') this.#goOn(socket, message);
    else if (message.type === 'error') this.#said = message;
    else if ('seq' in message) this.#hear(message);
    this.#changed();
  }

  /** Sends again what the server does not have. */
  #goOn(socket: LiveWebSocket, ready: LiveReady): void {
    const missing = this.#kept.from(ready.heardBytes);
    if (missing === undefined) {
      this.#end(
        new ConnectionError('remote_failed', 'Sound that the server needs again is not kept any more.'),
      );
      return;
    }
    this.#ready = ready;
    for (const frame of missing) socket.send(frame);
    if (this.#isFinished) socket.send('{"type":"finish"}');
  }

  #hear(message: Extract<LiveServerMessage, { readonly seq: number }>): void {
    const { seq, heardBytes, jobId, ...event } = message;
    if (seq <= this.#lastSeq) return;
    this.#lastSeq = seq;
    this.#jobId ??= jobId;
    if (heardBytes !== undefined) this.#kept.forget(heardBytes);
    this.#state = applyLiveEvent(this.#state, event);
    this.#events.push(event);
    if (event.type === 'result') this.#end();
  }

  #lost(socket: LiveWebSocket, code: number): void {
    if (socket !== this.#socket || this.#isOver) return;
    this.#ready ??= this.#resumeWith;
    const { code: named, message, retryable } = this.#said ?? {};
    if (FINAL_CODES.has(code) || named !== undefined || this.#ready === undefined) {
      const what = message ?? `The server closed the live session (${code}).`;
      const error =
        named === undefined
          ? new ConnectionError('remote_failed', what, { retryable: code === 1013 })
          : new JobFailedError(named as ErrorCode, what, { retryable });
      this.#end(error);
      return;
    }
    void this.#reconnect();
  }

  async #reconnect(): Promise<void> {
    for (const delayMs of RETRY_DELAYS_MS) {
      await sleep(delayMs, NEVER);
      if (this.#isOver) return;
      try {
        await this.#connect();
        return;
      } catch (error) {
        if (error instanceof ColloquyError && !error.retryable) break;
      }
    }
    this.#end(
      new ConnectionError('remote_failed', 'The connection was lost, and could not be opened again.'),
    );
  }

  async #room(): Promise<void> {
    const isFull = (): boolean =>
      (this.#socket?.bufferedAmount ?? 0) > MOST_BUFFERED_BYTES || this.#kept.size > MOST_KEPT_BYTES;
    while (isFull() && !this.#isOver) await sleep(ROOM_CHECK_MS, NEVER);
    this.#throwFailure();
  }

  #end(failure?: ColloquyError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#failure = failure;
    this.#connection.onOver?.();
    this.#changed();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  #nextChange(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #changed(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
