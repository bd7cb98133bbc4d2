/**
 * diart's socket: `diart.client` works unchanged. Its messages carry nothing but sound and turns, so that the session
 * behind it is one like any other: of its own for each client, and never the server's end.
 *
 * @see diart 0.9.2, `WebSocketAudioSource`, `console/serve.py` and `console/client.py` (MIT)
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { formatFixed } from '../../../core/formats/writing/fixed-decimal.ts';
import { MAX_LIVE_MESSAGE_BYTES } from '../../../sdk/live/protocol.ts';
import type { LiveServerMessage } from '../../../sdk/live/server-message.ts';
import { liveStartSchema } from '../../../sdk/live/client-message.ts';
import { toSpeechError } from '../../errors/to-speech-error.ts';
import { LOCAL_CALLER } from '../http/keys.ts';
import { CLOSE, closeCodeOf, closeReason } from './close-codes.ts';
import { bytesOfBase64 } from './bytes-of-base64.ts';
import type { LiveRoom, RoomListener } from './live-room.ts';
import type { LiveRooms } from './live-rooms.ts';
import { pushSound } from './push-sound.ts';

/** diart's client never says that it is done; one that has gone silent is let go. */
const IDLE_MS = 30_000;
const SAMPLE_BYTES = 4;

export type DiartDoorOptions = {
  readonly rooms: LiveRooms;
  readonly host: string;
  /** 0 takes a free one; diart's is 7007. */
  readonly port: number;
  /** Age at which turns are told. @default 0.5 s */
  readonly latencySeconds?: number;
};

export class DiartDoor {
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  readonly #options: DiartDoorOptions;

  private constructor(options: DiartDoorOptions) {
    this.#options = options;
    this.#server = createServer();
    this.#sockets = new WebSocketServer({
      server: this.#server,
      maxPayload: 4 * MAX_LIVE_MESSAGE_BYTES,
      perMessageDeflate: false,
    });
    this.#sockets.on('connection', (socket) => this.#serve(socket));
  }

  static async open(options: DiartDoorOptions): Promise<DiartDoor> {
    const door = new DiartDoor(options);
    await new Promise<void>((resolve, reject) => {
      door.#server.once('error', reject);
      door.#server.listen(options.port, options.host, resolve);
    });
    return door;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#sockets.close();
    this.#server.close();
  }

  #serve(socket: WebSocket): void {
    socket.on('error', () => undefined);
    try {
      const start = liveStartSchema.parse({
        type: 'start',
        audio: { encoding: 'f32le', sampleRate: 16_000, channels: 1 },
        tasks: ['diarize'],
        latencySeconds: this.#options.latencySeconds ?? 0.5,
      });
      const room = this.#options.rooms.open(LOCAL_CALLER, start);
      new DiartClient(socket, room, this.#options.rooms, `${this.#options.host}:${this.port}`);
    } catch (error) {
      const failure = toSpeechError(error);
      socket.close(closeCodeOf(failure), closeReason(failure.message));
    }
  }
}

/** One client of diart's dialect. */
class DiartClient {
  readonly #socket: WebSocket;
  readonly #room: LiveRoom;
  readonly #name: string;
  /** Where each turn was told to end so far, and the number of each label. */
  readonly #told = new Map<number, number>();
  readonly #numbers = new Map<string, number>();
  #idle: NodeJS.Timeout;

  constructor(socket: WebSocket, room: LiveRoom, rooms: LiveRooms, name: string) {
    this.#socket = socket;
    this.#room = room;
    this.#name = name;
    this.#idle = this.#startIdle();
    const listener: RoomListener = {
      message: (message) => this.#tell(message),
      end: (code, reason) => socket.close(code, closeReason(reason)),
    };
    room.attach(listener, -1);
    socket.on('message', (data, isBinary) => this.#hear(data as Buffer, isBinary));
    socket.on('close', () => {
      clearTimeout(this.#idle);
      rooms.forget(room);
    });
  }

  #hear(data: RawData & Buffer, isBinary: boolean): void {
    clearTimeout(this.#idle);
    this.#idle = this.#startIdle();
    const bytes = isBinary ? Uint8Array.from(data) : bytesOfBase64(data.toString('latin1'));
    if (bytes === undefined || bytes.length % SAMPLE_BYTES !== 0) {
      this.#socket.close(CLOSE.badAudio, 'expected base64 of little-endian float32 samples, 16 kHz mono');
      return;
    }
    pushSound(this.#room, bytes, this.#socket);
  }

  /** What is new of a turn, as a line of RTTM; diart never takes back what it told. */
  #tell(message: LiveServerMessage): void {
    if (message.type !== 'turn') return;
    const { id, speaker, startSeconds, endSeconds } = message;
    const from = Math.max(startSeconds, this.#told.get(id) ?? startSeconds);
    this.#told.set(id, endSeconds);
    if (endSeconds <= from) return;
    const number = this.#numbers.get(speaker) ?? this.#numbers.size;
    this.#numbers.set(speaker, number);
    const times = `${formatFixed(from, 3)} ${formatFixed(endSeconds - from, 3)}`;
    this.#socket.send(`SPEAKER ${this.#name} 1 ${times} <NA> <NA> speaker${number} <NA> <NA>\n`);
  }

  #startIdle(): NodeJS.Timeout {
    return setTimeout(() => this.#socket.close(CLOSE.done, 'no sound for 30 s'), IDLE_MS);
  }
}
