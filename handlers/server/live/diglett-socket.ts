/**
 * diglett's socket: each message brings sound and two voices, each answer says whose voice it is. Behind it is a live
 * session that verifies over the last seconds; diglett judged every third of a second alone, and took the first voice
 * that passed.
 *
 * @see github.com/8igMac/diglett, `/stream`
 */
import type { WebSocket } from 'ws';
import * as z from 'zod';
import type { EmbeddingSpace } from '../../../core/result/voice-terms.ts';
import { liveStartSchema } from '../../../sdk/live/client-message.ts';
import type { LiveServerMessage } from '../../../sdk/live/server-message.ts';
import type { Caller } from '../http/keys.ts';
import { CLOSE, closeReason } from './close-codes.ts';
import { bytesOfBase64 } from './bytes-of-base64.ts';
import type { LiveRoom, RoomListener } from './live-room.ts';
import type { LiveRooms } from './live-rooms.ts';

/** Paths of diglett: its code, and its README. */
export const DIGLETT_PATHS: readonly string[] = ['/stream', '/ws/stream'];

const BYTES_A_SECOND = 32_000;
/** The session says whose voice it is this often, from the first second on. */
const STEP_SECONDS = 0.5;
const FIRST_SECONDS = 1;
const NOBODY = [0];

const messageSchema = z.object({
  audio_data: z.string().max(400_000),
  speaker_embedding: z.array(z.array(z.number()).min(1).max(4096)).min(1).max(20),
  terminate_session: z.boolean().optional(),
});

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
  constructor(socket: WebSocket, caller: Caller, rooms: LiveRooms, space: EmbeddingSpace) {
    this.#socket = socket;
    this.#caller = caller;
    this.#rooms = rooms;
    this.#space = space;
    this.#listener = {
      message: (message) => this.#receive(message),
      end: (code, reason) => socket.close(code, closeReason(reason)),
    };
    socket.on('error', () => undefined);
    socket.on('message', (data) => this.#hear((data as Buffer).toString('utf8')));
    socket.on('close', () => this.#room && this.#rooms.forget(this.#room));
  }

  #hear(text: string): void {
    const message = parse(text);
    if (message === undefined) {
      this.#refuse('Expected JSON with audio_data and speaker_embedding.');
      return;
    }
    if (message.terminate_session === true) {
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
    this.#voices = message.speaker_embedding;
    this.#room ??= this.#open();
    this.#heardBytes += pcm.length;
    this.#questions.push({ endSeconds: this.#heardBytes / BYTES_A_SECOND, ...levelOf(pcm) });
    this.#room.push(pcm);
    this.#answer();
  }

  #open(): LiveRoom {
    const start = liveStartSchema.parse({
      type: 'start',
      tasks: ['verify'],
      voices: this.#voices.map((embedding, index) => ({
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
    if (message.type === 'error') this.#socket.send(JSON.stringify({ error: message.message }));
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
      this.#socket.send(
        JSON.stringify({
          speaker: this.#voices[index] ?? NOBODY,
          db,
          dbfs,
          speakerIndex: index,
          state: this.#last?.state ?? 'silence',
          scores: this.#last?.scores ?? [],
        }),
      );
    }
  }

  #refuse(message: string): void {
    this.#socket.send(JSON.stringify({ error: message }));
    this.#socket.close(CLOSE.refused, closeReason(message));
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
