/** A plain client of live sessions for tests: what comes, as it came. */
import { once } from 'node:events';
import WebSocket from 'ws';
import { LIVE_PROTOCOL } from '../../sdk/live/protocol.ts';
import type { LiveServerMessage } from '../../sdk/live/server-message.ts';

type Said<Type> = Extract<LiveServerMessage, { type: Type }>;

export class TestSocket {
  readonly socket: WebSocket;
  readonly messages: LiveServerMessage[] = [];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  #wake: (() => void)[] = [];

  constructor(
    url: string,
    protocols: readonly string[] = [LIVE_PROTOCOL],
    headers: Record<string, string> = {},
  ) {
    this.socket = new WebSocket(`${url.replace('http', 'ws')}/v1/live`, [...protocols], { headers });
    this.socket.on('message', (data) => {
      this.messages.push(JSON.parse((data as Buffer).toString()) as LiveServerMessage);
      for (const wake of this.#wake.splice(0)) wake();
    });
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString() });
        for (const wake of this.#wake.splice(0)) wake();
      });
      this.socket.on('error', () => undefined);
    });
  }

  static async open(url: string, start?: object): Promise<TestSocket> {
    const socket = new TestSocket(url);
    await once(socket.socket, 'open');
    if (start !== undefined) socket.say({ type: 'start', ...start });
    return socket;
  }

  say(message: object | string): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  hear(bytes: Uint8Array): void {
    this.socket.send(bytes);
  }

  /** The first message of a type, once it is there. */
  async heard<Type extends LiveServerMessage['type']>(type: Type): Promise<Said<Type>> {
    for (;;) {
      const found = this.messages.find((message) => message.type === type);
      if (found !== undefined) return found as Said<Type>;
      if (this.socket.readyState === WebSocket.CLOSED)
        throw new Error(`closed without ${type}: ${JSON.stringify(this.messages.at(-1))}`);
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }
}

/** Samples of a WAV file with a plain 44-byte header. */
export function pcmOf(wav: Uint8Array, seconds: number): Buffer {
  return Buffer.from(wav.subarray(44, 44 + seconds * 32_000));
}
