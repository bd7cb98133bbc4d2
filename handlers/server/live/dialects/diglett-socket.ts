/**
 * diglett's socket: each message brings sound and two voices, each answer says whose voice it is. Behind it is a live
 * session that verifies over the last seconds; diglett judged every third of a second alone, and took the first voice
 * that passed.
 *
 * @see github.com/8igMac/diglett, `/stream`
 */
import { isDeepStrictEqual } from 'node:util';
import type { WebSocket } from 'ws';
import * as z from 'zod';
import type { EmbeddingSpace } from '../../../../core/result/voice-terms.ts';
import { liveStartSchema } from '../../../../sdk/live/client-message.ts';
import type { LiveServerMessage } from '../../../../sdk/live/server-message.ts';
import { toSpeechError } from '../../../errors/to-speech-error.ts';
import type { Caller } from '../../http/keys.ts';
import { CLOSE, closeCodeOf, closeReason } from '../close-codes.ts';
import { bytesOfBase64 } from './bytes-of-base64.ts';
import type { LiveRoom, RoomListener } from '../live-room.ts';
import type { LiveRooms } from '../live-rooms.ts';
import { pushSound } from '../push-sound.ts';
import { sendOrClose } from '../send-or-close.ts';
import { SocketWatch, type WatchLimits } from '../socket-watch.ts';

/** Paths of diglett: its code, and its README. */
export const DIGLETT_PATHS: readonly string[] = ['/stream', '/ws/stream'];

const BYTES_A_SECOND = 32_000;
/** The session says whose voice it is this often, from the first second on. */
const STEP_SECONDS = 0.5;
const FIRST_SECONDS = 1;
const NOBODY = [0];

/** The last message of diglett's client has nothing but `terminate_session`. */
const messageSchema = z.union([
  z.object({ terminate_session: z.literal(true) }),
  z.object({
    audio_data: z.string().max(400_000),
    speaker_embedding: z.array(z.array(z.number()).min(1).max(4096)).min(1).max(20),
  }),
]);

type Verified = Extract<LiveServerMessage, { type: 'verify' }>;

/** A message that waits for its answer. */
type Question = { readonly endSeconds: number; readonly db: number; readonly dbfs: number | null };

export class DiglettSocket {
  readonly #socket: WebSocket;
  readonly #caller: Caller;
  readonly #rooms: LiveRooms;
  readonly #space: EmbeddingSpace;
  readonly #listener: RoomListener;
  #room: LiveRoom | undefined;
  #voices: readonly number[][] = [];
  #heardBytes = 0;
  readonly #questions: Question[] = [];
  #last: Verified | undefined;

  /** @param space of the vectors that the models of the server make */
  constructor(
    socket: WebSocket,
    caller: Caller,
    rooms: LiveRooms,
    { space, limits }: { readonly space: EmbeddingSpace; readonly limits: WatchLimits },
  ) {
    this.#socket = socket;
    this.#caller = caller;
    this.#rooms = rooms;
    this.#space = space;
    this.#listener = {
      message: (message) => this.#receive(message),
      end: (code, reason) => socket.close(code, closeReason(reason)),
    };
    socket.on('error', () => undefined);
    const watch = new SocketWatch(socket, limits, () =>
      socket.close(CLOSE.idle, 'nothing came for too long'),
    );
    socket.on('message', (data) => {
      watch.heard();
      try {
        this.#hear((data as Buffer).toString('utf8'));
      } catch (error) {
        const failure = toSpeechError(error);
        this.#refuse(failure.message, closeCodeOf(failure));
      }
    });
    socket.on('close', () => this.#room && this.#rooms.forget(this.#room));
  }

  #hear(text: string): void {
    const message = parse(text);
    if (message === undefined) {
      this.#refuse('Expected JSON with audio_data and speaker_embedding.');
      return;
    }
    if ('terminate_session' in message) {
      this.#socket.close(CLOSE.done);
      return;
    }
    const pcm = bytesOfBase64(message.audio_data);
    if (pcm === undefined || pcm.length % 2 !== 0) {
      this.#refuse('Expected audio_data as base64 of 16-bit samples, 16 kHz mono.');
      return;
    }
    const { dimension } = this.#space;
    if (!message.speaker_embedding.every((vector) => vector.length === dimension)) {
      this.#refuse(`Expected vectors of ${dimension} numbers, as POST /v1/embed of this server gives.`);
      return;
    }
    this.#room ??= this.#open(message.speaker_embedding);
    // Each message of diglett stands alone: other voices are another session.
    if (!isDeepStrictEqual(this.#voices, message.speaker_embedding)) {
      this.#rooms.forget(this.#room);
      this.#room = this.#open(message.speaker_embedding);
    }
    this.#heardBytes += pcm.length;
    this.#questions.push({ endSeconds: this.#heardBytes / BYTES_A_SECOND, ...levelOf(pcm) });
    pushSound(this.#room, pcm, this.#socket);
    this.#answer();
  }

  #open(voices: readonly number[][]): LiveRoom {
    // What was asked of other voices is not answered by these.
    this.#questions.length = 0;
    this.#last = undefined;
    this.#heardBytes = 0;
    this.#voices = voices;
    const start = liveStartSchema.parse({
      type: 'start',
      tasks: ['verify'],
      voices: voices.map((embedding, index) => ({
        name: String(index),
        space: this.#space,
        embedding,
      })),
    });
    const room = this.#rooms.open(this.#caller, start);
    room.attach(this.#listener, -1);
    return room;
  }

  #receive(message: LiveServerMessage): void {
    if (message.type === 'error') this.#tell({ error: message.message });
    if (message.type !== 'verify') return;
    this.#last = message;
    this.#answer();
  }

  /** Each question when the session has heard as much. */
  #answer(): void {
    for (let question; (question = this.#questions[0]) !== undefined; this.#questions.shift()) {
      const { endSeconds, db, dbfs } = question;
      const needed = Math.floor(endSeconds / STEP_SECONDS) * STEP_SECONDS;
      if (needed >= FIRST_SECONDS && (this.#last?.atSeconds ?? 0) < needed) return;
      const index = this.#last?.name === undefined ? -1 : Number(this.#last.name);
      this.#tell({
        speaker: this.#voices[index] ?? NOBODY,
        db,
        dbfs,
        speakerIndex: index,
        state: this.#last?.state ?? 'silence',
        scores: this.#last?.scores ?? [],
      });
    }
  }

  #tell(answer: object): void {
    sendOrClose(this.#socket, JSON.stringify(answer));
  }

  #refuse(message: string, code: number = CLOSE.refused): void {
    this.#tell({ error: message });
    this.#socket.close(code, closeReason(message));
  }
}

function parse(text: string): z.infer<typeof messageSchema> | undefined {
  try {
    return messageSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** diglett's `db` is the mean of the absolute samples; `dbfs` is what it should have been. */
function levelOf(pcm: Uint8Array): { readonly db: number; readonly dbfs: number | null } {
  const view = new DataView(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  const count = pcm.length / 2;
  let [sum, squares] = [0, 0];
  for (let index = 0; index < count; index += 1) {
    const sample = view.getInt16(2 * index, true);
    sum += Math.abs(sample);
    squares += sample ** 2;
  }
  const rms = count === 0 ? 0 : Math.sqrt(squares / count) / 32_768;
  return { db: count === 0 ? 0 : sum / count, dbfs: rms === 0 ? null : 20 * Math.log10(rms) };
}
