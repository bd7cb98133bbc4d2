import { CapacityError, InputUnavailableError } from '../../../core/errors.ts';
import type { LiveStartParsed } from '../../../sdk/live/client-message.ts';
import type { TaskServices } from '../../work/jobs/job-services.ts';
import type { Caller } from '../http/keys.ts';
import { CLOSE } from './close-codes.ts';
import type { KeptSession } from './kept-session.ts';
import { LiveRoom, RESUME_SECONDS, type RoomListener } from './live-room.ts';

export type LiveRoomsOptions = {
  /** How long a session without a socket is kept, ms. @default 60 s */
  readonly resumeMs?: number;
  /** Keeps sessions whose clients want them afterwards. @default none is kept */
  readonly keep?: (callerId: string) => KeptSession;
};

/** All live sessions of the server. */
export class LiveRooms {
  readonly #services: TaskServices;
  readonly #resumeMs: number;
  readonly #keep: LiveRoomsOptions['keep'];
  readonly #rooms = new Map<string, LiveRoom>();
  readonly #leaving = new Map<string, NodeJS.Timeout>();
  readonly #running = new Set<Promise<void>>();
  #isClosing = false;

  constructor(services: TaskServices, options: LiveRoomsOptions = {}) {
    this.#services = services;
    this.#resumeMs = options.resumeMs ?? 1000 * RESUME_SECONDS;
    this.#keep = options.keep;
  }

  /** Open sessions, those included that wait for their client. */
  get count(): number {
    return this.#rooms.size;
  }

  /**
   * @param start of the session; absent where the client did not say yet what it wants
   * @throws CapacityError `overloaded`
   */
  requireRoom(start?: LiveStartParsed): void {
    if (this.#isClosing) throw new CapacityError('overloaded', 'The server is about to stop.');
    this.#services.engine.requireLiveRoom(start?.tasks);
  }

  /** @throws CapacityError `overloaded` */
  open(caller: Caller, start: LiveStartParsed): LiveRoom {
    this.requireRoom(start);
    const keeping = start.keepResult === true ? this.#keep?.(caller.id) : undefined;
    const room = new LiveRoom(caller.id, start, keeping);
    this.#rooms.set(room.sessionId, room);
    const running = room.run(this.#services).finally(() => this.#running.delete(running));
    this.#running.add(running);
    return room;
  }

  /**
   * The session of a client that comes back; who had it before is told.
   *
   * @throws InputUnavailableError `not_found`: of another caller, with another token, or over and forgotten
   */
  resume(caller: Caller, sessionId: string, token: string, lastSeq: number): LiveRoom {
    const room = this.#rooms.get(sessionId);
    const isTheirs = room?.callerId === caller.id && room.isToken(token) && room.remembers(lastSeq);
    if (room === undefined || !isTheirs) {
      throw new InputUnavailableError(
        'not_found',
        'There is no such live session, it is not yours, or it is over for too long. Start a new one.',
      );
    }
    clearTimeout(this.#leaving.get(sessionId));
    this.#leaving.delete(sessionId);
    room.replaceListener(CLOSE.takenOver, 'taken over by another connection');
    return room;
  }

  /** A socket is gone: the session waits for a while. */
  leave(room: LiveRoom, listener: RoomListener): void {
    if (!room.detach(listener)) return;
    const forget = setTimeout(() => this.forget(room), this.#resumeMs);
    forget.unref();
    this.#leaving.set(room.sessionId, forget);
  }

  /** Its client did not come back. */
  forget(room: LiveRoom): void {
    this.#remove(room);
    room.giveUp();
  }

  /** Its client wants nothing of it any more. */
  discard(room: LiveRoom): void {
    this.#remove(room);
    room.cancel();
  }

  #remove({ sessionId }: LiveRoom): void {
    clearTimeout(this.#leaving.get(sessionId));
    this.#leaving.delete(sessionId);
    this.#rooms.delete(sessionId);
  }

  /** Ends all sessions. */
  async close(): Promise<void> {
    this.#isClosing = true;
    for (const room of this.#rooms.values()) this.discard(room);
    await Promise.all(this.#running);
  }
}
