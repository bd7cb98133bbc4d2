/**
 * diart's socket: `diart.client` works unchanged. Its messages carry nothing but sound and turns, so that the session
 * behind it is one like any other: of its own for each client, and never the server's end.
 *
 * @see diart 0.9.2, `WebSocketAudioSource`, `console/serve.py` and `console/client.py` (MIT)
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { CapacityError, InvalidInputError } from '../../../../core/errors.ts';
import { SAMPLE_RATE } from '../../../../core/timeline/sliding-window.ts';
import { liveStartSchema } from '../../../../sdk/live/client-message.ts';
import { MAX_LIVE_MESSAGE_BYTES } from '../../../../sdk/live/protocol.ts';
import { toSpeechError } from '../../../errors/to-speech-error.ts';
import { LOCAL_CALLER } from '../../http/keys.ts';
import { checkOrigin } from '../../http/origin-guard.ts';
import { headersOf } from '../upgrade-headers.ts';
import { closeCodeOf, closeReason } from '../close-codes.ts';
import { DiartClient } from './diart-client.ts';
import type { LiveRoom } from '../live-room.ts';
import type { LiveRooms } from '../live-rooms.ts';

/** diart's client never says that it is done; one that has gone silent is. */
const DEFAULT_IDLE_MS = 30_000;
const DEFAULT_MOST_SOCKETS = 1000;

export type DiartDoorOptions = {
  readonly rooms: LiveRooms;
  readonly host: string;
  /** 0 takes a free one; diart's is 7007. */
  readonly port: number;
  /** Age at which turns are told. @default 0.5 s */
  readonly latencySeconds?: number;
  /** Without sound for so long a client is told the rest and closed. @default 30 s, in ms */
  readonly idleMs?: number;
  /** Open sockets; more are refused. @default 1000 */
  readonly maxSockets?: number;
};

export class DiartDoor {
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  readonly #options: DiartDoorOptions;

  private constructor(options: DiartDoorOptions) {
    this.#options = options;
    this.#server = createServer((_, reply) => reply.writeHead(426, { upgrade: 'websocket' }).end());
    this.#sockets = new WebSocketServer({
      server: this.#server,
      maxPayload: 4 * MAX_LIVE_MESSAGE_BYTES,
      perMessageDeflate: false,
    });
    this.#sockets.on('connection', (socket, request) => this.#serve(socket, request));
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

  #serve(socket: WebSocket, request: IncomingMessage): void {
    socket.on('error', () => undefined);
    try {
      const { rooms, host, latencySeconds = 0.5, maxSockets = DEFAULT_MOST_SOCKETS, idleMs } = this.#options;
      if (this.#sockets.clients.size > maxSockets)
        throw new CapacityError('overloaded', 'Too many sockets are open. Try again later.');
      checkOrigin(headersOf(request), { isOpen: true, corsOrigins: new Set() });
      rooms.requireRoom();
      const start = liveStartSchema.parse({
        type: 'start',
        audio: { encoding: 'f32le', sampleRate: sampleRateOf(request), channels: 1 },
        tasks: ['diarize'],
        latencySeconds,
      });
      const open = (): LiveRoom => rooms.open(LOCAL_CALLER, start);
      const forget = (room: LiveRoom): void => rooms.forget(room);
      const name = `${host}:${this.port}`;
      new DiartClient(socket, { open, forget }, { name, idleMs: idleMs ?? DEFAULT_IDLE_MS });
    } catch (error) {
      closeFor(socket, error);
    }
  }
}

/** diart's client does not say its rate; another may, as `?sampleRate=8000`. */
function sampleRateOf({ url }: IncomingMessage): number {
  const asked = new URL(url ?? '/', 'ws://localhost').searchParams.get('sampleRate');
  if (asked === null) return SAMPLE_RATE;
  const rate = Number(asked);
  if (Number.isInteger(rate) && rate >= 1_000 && rate <= 768_000) return rate;
  throw new InvalidInputError('invalid_option', 'Expected a sampleRate of 1000 to 768000 Hz.');
}

function closeFor(socket: WebSocket, error: unknown): void {
  const failure = toSpeechError(error);
  socket.close(closeCodeOf(failure), closeReason(failure.message));
}
