/** Where sockets come in: `GET /v1/live` with an upgrade, behind the same guards as every other request. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import {
  CapacityError,
  InputUnavailableError,
  RemoteError,
  RequestError,
  type SpeechError,
} from '../../../core/errors.ts';
import type { EmbeddingSpace } from '../../../core/result/voice-terms.ts';
import { LIVE_PROTOCOL, MAX_LIVE_MESSAGE_BYTES } from '../../../sdk/live/protocol.ts';
import { toSpeechError } from '../../errors/to-speech-error.ts';
import { type Caller, type Keys, LOCAL_CALLER, secretOf } from '../http/keys.ts';
import { newId } from '../desk/random-ids.ts';
import { checkOrigin, type OriginRules } from '../http/origin-guard.ts';
import { requireScope } from '../http/scopes.ts';
import { problemReply } from '../http/problem.ts';
import { DIGLETT_PATHS, DiglettSocket } from './dialects/diglett-socket.ts';
import { CLOSE } from './close-codes.ts';
import type { LiveRooms } from './live-rooms.ts';
import { DEFAULT_SOCKET_LIMITS, type FillVoices, LiveSocket, type LiveSocketLimits } from './live-socket.ts';
import { REALTIME_PATH, REALTIME_PROTOCOL, RealtimeSocket } from './dialects/realtime-socket.ts';
import type { Tickets } from './tickets.ts';
import { headersOf } from './upgrade-headers.ts';

export type LiveDoorOptions = {
  readonly rooms: LiveRooms;
  /** Of the vectors that the models of the server make. */
  readonly space: EmbeddingSpace;
  readonly tickets: Tickets;
  /** Finds the voices that sessions name. */
  readonly fillVoices: FillVoices;
  /** Ids of recognisers that clients of OpenAI may name. */
  readonly recognisers: readonly string[];
  readonly keys: Keys | undefined;
  readonly origins: OriginRules;
  /** Open sockets; more are refused. @default 1000 */
  readonly maxSockets?: number;
  readonly limits?: Partial<LiveSocketLimits>;
};

const PATH = '/v1/live';
/** How pages of OpenAI's clients send a key. */
const OPENAI_KEY = /^openai-insecure-api-key\.([\x21-\x7e]{1,512})$/;
const TICKET = /^ticket\.([A-Za-z0-9_-]{1,128})$/;

export class LiveDoor {
  readonly #options: LiveDoorOptions;
  readonly #sockets: WebSocketServer;

  constructor(server: Server, options: LiveDoorOptions) {
    this.#options = options;
    this.#sockets = new WebSocketServer({
      noServer: true,
      maxPayload: MAX_LIVE_MESSAGE_BYTES,
      // Sound does not shrink, and every socket would hold 256 KiB.
      perMessageDeflate: false,
      handleProtocols: (protocols) =>
        [LIVE_PROTOCOL, REALTIME_PROTOCOL].find((known) => protocols.has(known)) ?? false,
    });
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Ends all sockets and their sessions. */
  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.close(CLOSE.goingAway, 'the server stops');
    await this.#options.rooms.close();
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#sockets.close();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    try {
      const caller = this.#admit(request);
      const limits = { ...DEFAULT_SOCKET_LIMITS, ...this.#options.limits };
      this.#sockets.handleUpgrade(request, socket, head, (opened) => {
        const { rooms, space, fillVoices } = this.#options;
        if (pathOf(request) === REALTIME_PATH)
          new RealtimeSocket(opened, caller, rooms, { models: this.#options.recognisers, limits });
        else if (DIGLETT_PATHS.includes(pathOf(request)))
          new DiglettSocket(opened, caller, rooms, { space, limits });
        else new LiveSocket(opened, caller, rooms, { limits, fillVoices });
      });
    } catch (error) {
      void refuse(socket, toSpeechError(error));
    }
  }

  #admit(request: IncomingMessage): Caller {
    const { rooms, keys, origins, tickets, maxSockets = 1000 } = this.#options;
    const headers = headersOf(request);
    checkOrigin(headers, origins);
    const path = pathOf(request);
    const isDiglett = DIGLETT_PATHS.includes(path);
    const isRealtime = path === REALTIME_PATH;
    if (path !== PATH && !isDiglett && !isRealtime)
      throw new InputUnavailableError('not_found', `There is no socket here; it is at ${PATH}.`);
    const protocols = (headers.get('sec-websocket-protocol') ?? '').split(',').map((name) => name.trim());
    if (!isDiglett && !isRealtime && !protocols.includes(LIVE_PROTOCOL))
      throw new RequestError('unsupported_request', `Expected the subprotocol ${LIVE_PROTOCOL}.`);
    const ticket = protocols.map((name) => TICKET.exec(name)?.[1]).find((found) => found !== undefined);
    const key = protocols.map((name) => OPENAI_KEY.exec(name)?.[1]).find((found) => found !== undefined);
    if (isRealtime && key !== undefined) headers.set('authorization', `Bearer ${key}`);
    const caller = callerOf(keys, headers, ticket, tickets);
    requireScope(caller, 'jobs');
    if (isDiglett) requireScope(caller, 'voices');
    if (this.#sockets.clients.size >= maxSockets) throw full();
    rooms.requireRoom();
    return caller;
  }
}

/** Without its query. */
function pathOf(request: IncomingMessage): string {
  return request.url?.split('?')[0] ?? '';
}

function callerOf(
  keys: Keys | undefined,
  headers: Headers,
  ticket: string | undefined,
  tickets: Tickets,
): Caller {
  if (ticket !== undefined) {
    const caller = tickets.take(ticket);
    if (caller !== undefined) return caller;
    throw new RemoteError(
      'unauthorized',
      'The ticket is not known, was used, or is too old: ask for another.',
    );
  }
  return keys === undefined ? LOCAL_CALLER : keys.check(secretOf(headers));
}

function full(): CapacityError {
  return new CapacityError('overloaded', 'Too many sockets are open. Try again later.');
}

/** As every other route refuses, by hand: the socket has no reply object. */
async function refuse(socket: Duplex, error: SpeechError): Promise<void> {
  const status = error.code === 'unauthorized' ? { status: 401 } : {};
  const reply = problemReply(error, { requestId: newId('req'), ...status });
  const body = await reply.text();
  const headers = [...reply.headers].map(([name, value]) => `${name}: ${value}`);
  const length = Buffer.byteLength(body);
  const head = [
    `HTTP/1.1 ${reply.status} Refused`,
    ...headers,
    `content-length: ${length}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
