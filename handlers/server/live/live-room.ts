/** One live session on the server: it outlives its socket for a while. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { CanceledError, type SpeechError } from '../../../core/errors.ts';
import { SAMPLE_RATE } from '../../../core/timeline/sliding-window.ts';
import type { LiveEvent } from '../../../core/result/live/live-events.ts';
import type { LiveStartParsed } from '../../../sdk/live/client-message.ts';
import type { LiveServerMessage } from '../../../sdk/live/server-message.ts';
import { toSpeechError } from '../../errors/to-speech-error.ts';
import type { TaskServices } from '../../work/jobs/job-services.ts';
import { decodeSound } from '../../work/live/decode-sound.ts';
import { KeptSound } from '../../work/live/kept-sound.ts';
import { liveSetup } from '../../work/live/live-setup.ts';
import { PushedBytes } from '../../work/live/pushed-bytes.ts';
import { MOST_KEPT_SAMPLES, runLive } from '../../work/live/run-live.ts';
import { newId } from '../desk/random-ids.ts';
import { closeCodeOf } from './close-codes.ts';
import type { KeptSession } from './kept-session.ts';

/** How long a session waits for its client to come back. */
export const RESUME_SECONDS = 60;

/** Sound that waits for the engine before the socket is no longer read. */
const MOST_WAITING_SAMPLES = 4 * SAMPLE_RATE;
const MOST_WAITING_BYTES = 1024 * 1024;
/** Messages that are kept for a client that comes back. */
const MOST_KEPT_MESSAGES = 4_000;

/** Where messages go; a room has at most one. */
export type RoomListener = {
  readonly message: (message: LiveServerMessage) => void;
  /** The session is over, or somebody else took it. */
  readonly end: (code: number, reason: string) => void;
};

export class LiveRoom {
  readonly sessionId = newId('live');
  readonly resumeToken = randomBytes(24).toString('base64url');
  readonly callerId: string;
  readonly start: LiveStartParsed;
  readonly #abort = new AbortController();
  readonly #bytes = new PushedBytes();
  readonly #sound = new KeptSound(MOST_KEPT_SAMPLES);
  readonly #kept: LiveServerMessage[] = [];
  /** Of a session that is wanted afterwards. */
  readonly #keeping: KeptSession | undefined;
  readonly #names = new Map<string, string>();
  #nextSeq = 0;
  #heardBytes = 0;
  #listener: RoomListener | undefined;
  #ending: { readonly code: number; readonly reason: string } | undefined;

  constructor(callerId: string, start: LiveStartParsed, keeping?: KeptSession) {
    this.callerId = callerId;
    this.start = start;
    this.#keeping = keeping;
    // Whoever waits for more sound of a session that is over would wait for ever.
    this.#abort.signal.addEventListener('abort', () => {
      this.#bytes.end();
      this.#sound.end();
    });
  }

  /** Bytes of sound that came; a client that comes back goes on from here. */
  get heardBytes(): number {
    return this.#heardBytes;
  }

  get isOver(): boolean {
    return this.#ending !== undefined;
  }

  /** Listens until the sound ends; never rejects. */
  async run(services: TaskServices): Promise<void> {
    const { signal } = this.#abort;
    try {
      const input = await liveSetup(services.models, this.start);
      let soundFailure: SpeechError | undefined;
      const pumping = this.#pump(signal).catch((error: unknown) => {
        soundFailure ??= signal.aborted ? undefined : toSpeechError(error);
        this.#abort.abort(error);
      });
      let result: Extract<LiveEvent, { type: 'result' }> | undefined;
      const listening = runLive(services.engine, input, this.#sound, {
        signal,
        onEvent: (event) => {
          if (event.type === 'result') result = event;
          else this.#tell(event);
        },
      });
      await listening.catch((error: unknown) => {
        // Sound that cannot be decoded is why the session ended, not that it did.
        throw soundFailure ?? toSpeechError(error);
      });
      await pumping;
      if (soundFailure !== undefined) throw soundFailure;
      if (result !== undefined) await this.#tellResult(result);
      this.#end(1000, '');
    } catch (error) {
      const failure: SpeechError = toSpeechError(error);
      const retryable = failure.retryable ?? failure.name === 'CapacityError';
      this.#send({ type: 'error', code: failure.code, message: failure.message, retryable });
      this.#end(closeCodeOf(failure), failure.code);
    } finally {
      this.#keeping?.discard();
      this.#abort.abort(new CanceledError());
    }
  }

  /** Another socket takes the session: it gets what it has missed. */
  attach(listener: RoomListener, lastSeq: number): void {
    this.#listener = listener;
    for (const message of this.#kept) {
      if (!('seq' in message) || message.seq > lastSeq) listener.message(message);
    }
    if (this.#ending !== undefined) listener.end(this.#ending.code, this.#ending.reason);
  }

  /** True where messages after this one are all kept. */
  remembers(lastSeq: number): boolean {
    const first = this.#kept.find((message) => 'seq' in message);
    return lastSeq + 1 >= (first === undefined ? this.#nextSeq : first.seq);
  }

  detach(listener: RoomListener): boolean {
    if (this.#listener !== listener) return false;
    this.#listener = undefined;
    return true;
  }

  /** Who listens now is told that somebody else does. */
  replaceListener(code: number, reason: string): void {
    const before = this.#listener;
    this.#listener = undefined;
    before?.end(code, reason);
  }

  isToken(token: string): boolean {
    const [given, expected] = [Buffer.from(token), Buffer.from(this.resumeToken)];
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  push(chunk: Uint8Array): void {
    this.#heardBytes += chunk.length;
    this.#bytes.push(chunk);
  }

  get isFull(): boolean {
    return this.#bytes.waitingBytes > MOST_WAITING_BYTES;
  }

  whenRoom(): Promise<void> {
    return this.#bytes.room(MOST_WAITING_BYTES / 2);
  }

  finish(): void {
    this.#bytes.end();
  }

  cancel(reason: Error = new CanceledError()): void {
    this.#abort.abort(reason);
  }

  /** Its client will not come back: what is wanted afterwards ends as if it had said so. */
  giveUp(): void {
    if (this.#keeping === undefined) this.cancel();
    else this.finish();
  }

  nameSpeaker(speaker: string, name: string): void {
    this.#names.set(speaker, name);
    this.#tell({ type: 'speaker', speaker, change: 'named', name });
  }

  async #pump(signal: AbortSignal): Promise<void> {
    for await (const block of decodeSound(this.#bytes, this.start.audio, signal)) {
      this.#sound.push(block);
      await this.#keeping?.write(block);
      await this.#sound.room(MOST_WAITING_SAMPLES);
    }
    this.#sound.end();
  }

  #tell(event: LiveEvent, more: { readonly jobId?: string } = {}): void {
    const heard = event.type === 'status' ? { heardBytes: this.#heardBytes } : {};
    this.#send({ ...event, ...heard, ...more, seq: this.#nextSeq++ });
  }

  async #tellResult(event: Extract<LiveEvent, { type: 'result' }>): Promise<void> {
    if (this.#keeping === undefined || event.result === null) {
      this.#tell(event);
      return;
    }
    try {
      this.#tell(event, { jobId: await this.#keeping.keep(event, this.#names) });
    } catch {
      const message = 'The session could not be kept on the server. Save its result where you are.';
      this.#tell({ type: 'warning', code: 'not_kept', message });
      this.#tell(event);
    }
  }

  #send(message: LiveServerMessage): void {
    this.#kept.push(message);
    if (this.#kept.length > MOST_KEPT_MESSAGES) this.#kept.shift();
    this.#listener?.message(message);
  }

  #end(code: number, reason: string): void {
    this.#ending = { code, reason };
    this.#listener?.end(code, reason);
  }
}
