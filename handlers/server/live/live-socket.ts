/** One socket: what it says, in which order, and what it hears. */
import type { RawData, WebSocket } from 'ws';
import type { SpeechError } from '../../../core/errors.ts';
import { describeFieldErrors, parseWith } from '../../../sdk/contract/index.ts';
import { type LiveClientMessageParsed, liveClientMessageSchema } from '../../../sdk/live/client-message.ts';
import type { LiveServerMessage } from '../../../sdk/live/server-message.ts';
import { toSpeechError } from '../../errors/to-speech-error.ts';
import type { Caller } from '../http/keys.ts';
import { requireScope } from '../http/scopes.ts';
import { CLOSE, closeCodeOf, closeReason } from './close-codes.ts';
import { type LiveRoom, RESUME_SECONDS, type RoomListener } from './live-room.ts';
import type { LiveRooms } from './live-rooms.ts';
import { pushSound } from './push-sound.ts';
import { sendOrClose } from './send-or-close.ts';
import { DEFAULT_WATCH_LIMITS, type Silence, SocketWatch, type WatchLimits } from './socket-watch.ts';

/** What a socket is allowed; times in ms. */
export type LiveSocketLimits = WatchLimits & {
  /** A reader this far behind gets no messages that a later one replaces. @default 1 MiB */
  readonly slowBytes: number;
  /** … and is closed here. @default 4 MiB */
  readonly tooSlowBytes: number;
};

/** The message that opens a session with the vectors of the voices that it names. */
export type FillVoices = (start: Readonly<Record<string, unknown>>, caller: Caller) => Promise<unknown>;

export const DEFAULT_SOCKET_LIMITS: LiveSocketLimits = Object.freeze({
  ...DEFAULT_WATCH_LIMITS,
  slowBytes: 1024 * 1024,
  tooSlowBytes: 4 * 1024 * 1024,
});

export class LiveSocket {
  readonly #socket: WebSocket;
  readonly #caller: Caller;
  readonly #rooms: LiveRooms;
  readonly #limits: LiveSocketLimits;
  readonly #listener: RoomListener;
  readonly #fillVoices: FillVoices;
  /** What came while voices are looked up. */
  #waiting: [data: RawData, isBinary: boolean][] | undefined;
  #room: LiveRoom | undefined;
  readonly #watch: SocketWatch;
  #isFinished = false;

  constructor(
    socket: WebSocket,
    caller: Caller,
    rooms: LiveRooms,
    { limits, fillVoices }: { readonly limits: LiveSocketLimits; readonly fillVoices: FillVoices },
  ) {
    this.#fillVoices = fillVoices;
    this.#socket = socket;
    this.#caller = caller;
    this.#rooms = rooms;
    this.#limits = limits;
    this.#listener = {
      message: (message) => this.#tell(message),
      end: (code, reason) => this.#close(code, reason),
    };
    this.#watch = new SocketWatch(socket, limits, (silence) => this.#silent(silence));
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    // What a client does wrong with the protocol closes the socket; ws says with which code.
    socket.on('error', () => undefined);
    socket.on('close', (code) => this.#gone(code));
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.#waiting !== undefined) {
      this.#waiting.push([data, isBinary]);
      return;
    }
    try {
      const bytes = data as Buffer;
      if (isBinary) this.#hear(bytes);
      else {
        const message = parseText(bytes.toString('utf8'));
        if (isStartWithVoices(message)) void this.#startWithVoices(message);
        else this.#obey(parseMessage(message));
      }
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** Nothing is heard before the voices are known: the socket is not read, and what came already waits. */
  async #startWithVoices(message: Readonly<Record<string, unknown>>): Promise<void> {
    this.#waiting = [];
    this.#socket.pause();
    try {
      this.#obey(parseMessage(await this.#fillVoices(message, this.#caller)));
    } catch (error) {
      this.#refuse(error);
    }
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#socket.resume();
    for (const [data, isBinary] of waiting) this.#receive(data, isBinary);
  }

  #refuse(error: unknown): void {
    if (error instanceof BadMessage) this.#fail('invalid_option', error.message, CLOSE.badMessage);
    else this.#failWith(toSpeechError(error));
  }

  #obey(message: LiveClientMessageParsed): void {
    if (message.type === 'ping') {
      this.#tell({ type: 'pong', ...(message.id === undefined ? {} : { id: message.id }) });
      return;
    }
    if (message.type === 'start' || message.type === 'resume') {
      if (this.#room !== undefined) throw new BadMessage('The session of this socket is open already.');
      if (message.type === 'start') {
        if (message.voices !== undefined) requireScope(this.#caller, 'voices');
        this.#enter(this.#rooms.open(this.#caller, message), -1);
      } else {
        const { sessionId, resumeToken, lastSeq } = message;
        this.#enter(this.#rooms.resume(this.#caller, sessionId, resumeToken, lastSeq), lastSeq);
      }
      return;
    }
    const room = this.#opened(message.type);
    if (message.type === 'name-speaker') room.nameSpeaker(message.speaker, message.name);
    else {
      this.#isFinished = true;
      this.#watch.rest();
      room.finish();
    }
  }

  #enter(room: LiveRoom, lastSeq: number): void {
    this.#room = room;
    const { sessionId, resumeToken, heardBytes } = room;
    this.#tell({ type: 'ready', sessionId, resumeToken, resumeSeconds: RESUME_SECONDS, heardBytes });
    this.#watch.heard();
    room.attach(this.#listener, lastSeq);
  }

  #hear(bytes: Buffer): void {
    const room = this.#opened('sound');
    if (this.#isFinished) throw new BadMessage('Sound came after finish.');
    this.#watch.heard();
    // The buffer is a view of one that ws uses again.
    pushSound(room, Uint8Array.from(bytes), this.#socket);
  }

  #opened(what: string): LiveRoom {
    if (this.#room !== undefined) return this.#room;
    throw new BadMessage(`Expected start or resume first, got ${what}.`);
  }

  #silent(silence: Silence): void {
    if (silence === 'first') {
      this.#close(CLOSE.idle, 'no first message');
      return;
    }
    const room = this.#room;
    this.#fail('deadline_exceeded', 'No sound came for too long.', CLOSE.idle);
    if (room !== undefined) this.#rooms.forget(room);
  }

  #tell(message: LiveServerMessage): void {
    const { slowBytes, tooSlowBytes } = this.#limits;
    if (this.#socket.bufferedAmount > slowBytes && isReplaced(message)) return;
    sendOrClose(this.#socket, JSON.stringify(message), tooSlowBytes);
  }

  #failWith(error: SpeechError): void {
    const code = error.code === 'not_found' ? CLOSE.refused : closeCodeOf(error);
    this.#fail(error.code, error.message, code);
  }

  #fail(code: string, message: string, closeCode: number): void {
    const retryable = closeCode === CLOSE.full;
    this.#socket.send(JSON.stringify({ type: 'error', code, message, retryable }));
    this.#close(closeCode, message);
  }

  #close(code: number, reason: string): void {
    const room = this.#room;
    if (room?.isOver && code !== CLOSE.takenOver) this.#rooms.leave(room, this.#listener);
    this.#socket.close(code, closeReason(reason));
  }

  #gone(code: number): void {
    const room = this.#room;
    if (room === undefined) return;
    // Who closes what is to be kept, and says that this is meant, does not want it any more.
    const isDropped = code === CLOSE.done && room.start.keepResult === true && !room.isOver;
    if (isDropped) this.#rooms.discard(room);
    else this.#rooms.leave(room, this.#listener);
  }
}

/** What a later message says again. */
function isReplaced(message: LiveServerMessage): boolean {
  return (
    message.type === 'status' || (message.type === 'text' && !message.final) || message.type === 'verify'
  );
}

/** A message that nobody understands. */
class BadMessage extends Error {}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadMessage('Expected JSON in text frames; sound goes into binary ones.');
  }
}

function isStartWithVoices(message: unknown): message is Readonly<Record<string, unknown>> {
  return (
    typeof message === 'object' &&
    message !== null &&
    (message as { readonly type?: unknown }).type === 'start' &&
    'voices' in message
  );
}

function parseMessage(value: unknown): LiveClientMessageParsed {
  const parsed = parseWith(liveClientMessageSchema, value, true);
  if (parsed.ok) return parsed.value;
  throw new BadMessage(`The message is not valid: ${describeFieldErrors(parsed.errors)}`);
}
