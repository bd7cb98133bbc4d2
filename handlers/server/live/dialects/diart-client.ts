import type { RawData, WebSocket } from 'ws';
import { formatFixed } from '../../../../core/formats/writing/fixed-decimal.ts';
import { type Turn, turnsBetween } from '../../../../core/timeline/turns.ts';
import type { LiveServerMessage } from '../../../../sdk/live/server-message.ts';
import { toSpeechError } from '../../../errors/to-speech-error.ts';
import { bytesOfBase64 } from './bytes-of-base64.ts';
import { CLOSE, closeCodeOf, closeReason } from '../close-codes.ts';
import type { LiveRoom } from '../live-room.ts';
import { pushSound } from '../push-sound.ts';
import { sendOrClose } from '../send-or-close.ts';
import { DEFAULT_WATCH_LIMITS, SocketWatch } from '../socket-watch.ts';

const SAMPLE_BYTES = 4;

/** Where the session of a client comes from, and where it goes. */
type Session = { readonly open: () => LiveRoom; readonly forget: (room: LiveRoom) => void };

/**
 * One client of diart's dialect: its session begins with its first sound and ends with its silence, since the client
 * never says that it is done.
 */
export class DiartClient {
  readonly #socket: WebSocket;
  readonly #session: Session;
  readonly #name: string;
  readonly #watch: SocketWatch;
  #room: LiveRoom | undefined;
  #isFinished = false;
  /** Where each turn was told to end so far, and the number of each label. */
  readonly #told = new Map<number, number>();
  readonly #numbers = new Map<string, number>();
  #toldUntil = 0;

  /** @param options `name` of the recording in its lines; `idleMs` of silence that end it */
  constructor(
    socket: WebSocket,
    session: Session,
    { name, idleMs }: { readonly name: string; readonly idleMs: number },
  ) {
    this.#socket = socket;
    this.#session = session;
    this.#name = name;
    const limits = { ...DEFAULT_WATCH_LIMITS, firstMessageMs: idleMs, idleMs };
    this.#watch = new SocketWatch(socket, limits, () => this.#finish());
    socket.on('message', (data, isBinary) => this.#hear(data as Buffer, isBinary));
    socket.on('close', () => this.#room && session.forget(this.#room));
  }

  #hear(data: RawData & Buffer, isBinary: boolean): void {
    this.#watch.heard();
    const bytes = isBinary ? Uint8Array.from(data) : bytesOfBase64(data.toString('latin1'));
    if (bytes === undefined || bytes.length % SAMPLE_BYTES !== 0) {
      this.#socket.close(CLOSE.badAudio, 'expected base64 of little-endian float32 samples, 16 kHz mono');
      return;
    }
    // What comes while the rest is told belongs to no session any more.
    if (this.#isFinished) return;
    try {
      this.#room ??= this.#open();
      pushSound(this.#room, bytes, this.#socket);
    } catch (error) {
      const failure = toSpeechError(error);
      this.#socket.close(closeCodeOf(failure), closeReason(failure.message));
    }
  }

  #open(): LiveRoom {
    const room = this.#session.open();
    const listener = {
      message: (message: LiveServerMessage) => this.#tell(message),
      end: (code: number, reason: string) => this.#socket.close(code, closeReason(reason)),
    };
    room.attach(listener, -1);
    return room;
  }

  /** Tells what is younger than the latency, then closes. */
  #finish(): void {
    if (this.#room === undefined) this.#socket.close(CLOSE.done, 'no sound came');
    else if (!this.#isFinished) {
      this.#isFinished = true;
      this.#room.finish();
    }
  }

  #tell(message: LiveServerMessage): void {
    if (message.type === 'turn') {
      const { id, startSeconds, endSeconds } = message;
      const from = Math.max(startSeconds, this.#told.get(id) ?? startSeconds);
      this.#told.set(id, endSeconds);
      this.#write({ ...message, startSeconds: from });
    } else if (message.type === 'revision' && message.reason === 'final') {
      // The end corrects all; diart never takes back what it told, so that only what comes after it is told.
      for (const turn of turnsBetween(message.turns, this.#toldUntil, Infinity)) this.#write(turn);
    }
  }

  /** What is new of a turn, as a line of RTTM. */
  #write({ speaker, startSeconds, endSeconds }: Turn): void {
    this.#toldUntil = Math.max(this.#toldUntil, endSeconds);
    if (endSeconds <= startSeconds) return;
    const number = this.#numbers.get(speaker) ?? this.#numbers.size;
    this.#numbers.set(speaker, number);
    const times = `${formatFixed(startSeconds, 3)} ${formatFixed(endSeconds - startSeconds, 3)}`;
    const line = `SPEAKER ${this.#name} 1 ${times} <NA> <NA> speaker${number} <NA> <NA>\n`;
    sendOrClose(this.#socket, line);
  }
}
