import type { WebSocket } from 'ws';

/** How long a socket may say nothing; times in ms. */
export type WatchLimits = {
  /** Until the first message. @default 10 s */
  readonly firstMessageMs: number;
  /** Between two messages that keep it open, after the first. @default 60 s */
  readonly idleMs: number;
  /** Between pings; two that are not answered end the socket. @default 15 s */
  readonly pingMs: number;
};

export const DEFAULT_WATCH_LIMITS: WatchLimits = Object.freeze({
  firstMessageMs: 10_000,
  idleMs: 60_000,
  pingMs: 15_000,
});

/** Who is watched for what: nothing was ever said, or nothing for too long. */
export type Silence = 'first' | 'idle';

/** Notices clients that are gone without a word, and those that say nothing. */
export class SocketWatch {
  readonly #socket: WebSocket;
  readonly #limits: WatchLimits;
  readonly #onSilence: (silence: Silence) => void;
  readonly #pinging: NodeJS.Timeout;
  #timer: NodeJS.Timeout;
  #unanswered = 0;

  constructor(socket: WebSocket, limits: WatchLimits, onSilence: (silence: Silence) => void) {
    this.#socket = socket;
    this.#limits = limits;
    this.#onSilence = onSilence;
    this.#timer = setTimeout(() => onSilence('first'), limits.firstMessageMs);
    this.#pinging = setInterval(() => this.#ping(), limits.pingMs);
    socket.on('pong', () => (this.#unanswered = 0));
    socket.on('close', () => {
      clearTimeout(this.#timer);
      clearInterval(this.#pinging);
    });
  }

  /** Something came that keeps the socket open. */
  heard(): void {
    clearTimeout(this.#timer);
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#timer = setTimeout(() => this.#idle(), this.#limits.idleMs);
  }

  /** Nothing more is expected of the client. */
  rest(): void {
    clearTimeout(this.#timer);
  }

  /** Where we do not read, the client cannot be blamed for its silence. */
  #idle(): void {
    if (this.#socket.isPaused) this.heard();
    else this.#onSilence('idle');
  }

  #ping(): void {
    if (this.#socket.isPaused) return;
    if (this.#unanswered >= 2) {
      this.#socket.terminate();
      return;
    }
    this.#unanswered += 1;
    this.#socket.ping();
  }
}
