/** `GET /v1/realtime?intent=transcription`: OpenAI's Realtime transcription over our live sessions. */
import type { WebSocket } from 'ws';
import type { LiveServerMessage } from '../../../../sdk/live/server-message.ts';
import { toSpeechError } from '../../../errors/to-speech-error.ts';
import { newId } from '../../desk/random-ids.ts';
import type { Caller } from '../../http/keys.ts';
import { bytesOfBase64 } from './bytes-of-base64.ts';
import { CLOSE, closeReason } from '../close-codes.ts';
import type { LiveRoom } from '../live-room.ts';
import type { LiveRooms } from '../live-rooms.ts';
import { pushSound } from '../push-sound.ts';
import { type RealtimeEvent, RealtimeItems } from './realtime-items.ts';
import {
  DEFAULT_SESSION,
  liveStartOf,
  realtimeMessageSchema,
  type RealtimeSession,
  realtimeSessionSchema,
} from './realtime-session.ts';
import { sendOrClose } from '../send-or-close.ts';
import { SocketWatch, type WatchLimits } from '../socket-watch.ts';

export const REALTIME_PATH = '/v1/realtime';
export const REALTIME_PROTOCOL = 'realtime';

/** Half an hour, as OpenAI says; it is told and not enforced: a session ends with its socket. */
const SESSION_SECONDS = 1_800;

export class RealtimeSocket {
  readonly #socket: WebSocket;
  readonly #caller: Caller;
  readonly #rooms: LiveRooms;
  readonly #models: readonly string[];
  readonly #items = new RealtimeItems((event) => this.#tell(event));
  readonly #id = newId('sess');
  readonly #expiresAt = Math.floor(Date.now() / 1000) + SESSION_SECONDS;
  #session: RealtimeSession = DEFAULT_SESSION;
  #room: LiveRoom | undefined;
  /** Of the rooms before this one. */
  #offsetSeconds = 0;

  constructor(
    socket: WebSocket,
    caller: Caller,
    rooms: LiveRooms,
    { models, limits }: { readonly models: readonly string[]; readonly limits: WatchLimits },
  ) {
    this.#socket = socket;
    this.#caller = caller;
    this.#rooms = rooms;
    this.#models = models;
    socket.on('error', () => undefined);
    const watch = new SocketWatch(socket, limits, () =>
      socket.close(CLOSE.idle, 'nothing came for too long'),
    );
    socket.on('message', (data) => {
      watch.heard();
      this.#receive((data as Buffer).toString('utf8'));
    });
    socket.on('close', () => this.#forget());
    this.#tell({ type: 'session.created', session: this.#shownSession() });
  }

  #receive(text: string): void {
    let eventId: string | undefined;
    try {
      const message = parse(text);
      if (message === undefined)
        throw new BadEvent('Expected session.update or input_audio_buffer.append, .commit or .clear.');
      eventId = message.event_id;
      if (message.type === 'session.update') this.#update(message.session);
      else if (message.type === 'input_audio_buffer.append') this.#hear(message.audio);
      else if (message.type === 'input_audio_buffer.commit') this.#commit();
      else {
        this.#forget();
        this.#tell({ type: 'input_audio_buffer.cleared' });
      }
    } catch (error) {
      const { code, message } =
        error instanceof BadEvent ? { code: 'invalid_option', message: error.message } : toSpeechError(error);
      this.#tell({
        type: 'error',
        error: { type: 'invalid_request_error', code, message, param: null, event_id: eventId ?? null },
      });
    }
  }

  #update(value: unknown): void {
    const parsed = realtimeSessionSchema.safeParse(value);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new BadEvent(`session.${issue!.path.join('.')}: ${issue!.message}.`);
    }
    if (this.#room !== undefined)
      throw new BadEvent('Sound came already: commit or clear it, then change the session.');
    this.#session = parsed.data;
    this.#tell({ type: 'session.updated', session: this.#shownSession() });
  }

  #hear(base64: string): void {
    const bytes = bytesOfBase64(base64);
    if (bytes === undefined) throw new BadEvent('audio: expected base64.');
    this.#room ??= this.#open();
    pushSound(this.#room, bytes, this.#socket);
  }

  #open(): LiveRoom {
    const start = liveStartOf(this.#session, this.#models);
    const room = this.#rooms.open(this.#caller, start);
    const offset = this.#offsetSeconds;
    const listener = {
      message: (message: LiveServerMessage) => this.#pass(message, offset),
      end: (code: number, reason: string) => {
        this.#items.endCommitted();
        this.#rooms.forget(room);
        // Committed by the client: more sound is another room.
        if (code !== CLOSE.done) this.#socket.close(code, closeReason(reason));
      },
    };
    room.attach(listener, -1);
    return room;
  }

  /** The sound so far is an item, whether there was silence or not. */
  #commit(): void {
    const room = this.#room;
    if (room === undefined) throw new BadEvent('There is no sound to commit.');
    this.#items.commit();
    this.#offsetSeconds += secondsOf(this.#session, room.heardBytes);
    this.#room = undefined;
    room.finish();
  }

  #pass(message: LiveServerMessage, offsetSeconds: number): void {
    if (message.type === 'error') {
      const { code, message: text } = message;
      this.#items.fail({ type: 'server_error', code, message: text, param: null });
      this.#tell({
        type: 'error',
        error: { type: 'server_error', code, message: text, param: null, event_id: null },
      });
    } else if ('seq' in message) this.#items.hear(message, offsetSeconds);
  }

  #forget(): void {
    if (this.#room !== undefined) this.#rooms.forget(this.#room);
    this.#room = undefined;
  }

  #tell(event: RealtimeEvent): void {
    sendOrClose(this.#socket, JSON.stringify({ event_id: newId('event'), ...event }));
  }

  #shownSession() {
    const { audio, include = null } = this.#session;
    return {
      id: this.#id,
      object: 'realtime.transcription_session',
      type: 'transcription',
      expires_at: this.#expiresAt,
      audio,
      include,
    };
  }
}

function parse(text: string) {
  try {
    return realtimeMessageSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function secondsOf({ audio: { input } }: RealtimeSession, bytes: number): number {
  return input.format.type === 'audio/pcm' ? bytes / (2 * input.format.rate) : bytes / 8_000;
}

/** An event that nobody understands. */
class BadEvent extends Error {}
