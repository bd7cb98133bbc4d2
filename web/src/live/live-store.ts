/** The live session of this page: it goes on while its reader looks at other views. */
import { EMPTY_LIVE_TRANSCRIPT, type LiveTranscript } from '../../../core/result/live/live-transcript.ts';
import { Live } from '../../../sdk/live/live-session.ts';
import type { LiveStart } from '../../../sdk/live/live-start.ts';
import { openSocket } from '../../../sdk/live/live-socket.ts';
import { type Microphone, openMicrophone } from '../../../sdk/live/microphone.ts';
import { askJson } from '../api.ts';
import { TEXTS } from '../texts.ts';
import { levelOf } from './level.ts';

export type LivePhase = 'off' | 'opening' | 'on' | 'ending' | 'over';

/** What is shown of a session. */
export type LiveState = {
  readonly phase: LivePhase;
  readonly transcript: LiveTranscript;
  /** Of what the microphone gives now, dB below full scale. */
  readonly levelDbfs: number;
  readonly isConnected: boolean;
  readonly failure: string;
  /** The job that it was kept as. */
  readonly jobId: string | undefined;
  readonly startedAtMs: number;
};

const OFF: LiveState = {
  phase: 'off',
  transcript: EMPTY_LIVE_TRANSCRIPT,
  levelDbfs: -Infinity,
  isConnected: true,
  failure: '',
  jobId: undefined,
  startedAtMs: 0,
};

/** Events come in bursts: the page is drawn this often. */
const DRAW_MS = 100;

class LiveStore {
  #state = OFF;
  #live: Live | undefined;
  #microphone: Microphone | undefined;
  #hearing: Promise<void> = Promise.resolve();
  #drawing: ReturnType<typeof setInterval> | undefined;
  #levelDbfs = -Infinity;
  readonly #listeners = new Set<() => void>();

  get state(): LiveState {
    return this.#state;
  }

  get phase(): LivePhase {
    return this.#state.phase;
  }

  /** @returns how to stop listening */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Asks for the microphone, opens a session, and listens. */
  async begin(start: Omit<LiveStart, 'type'>): Promise<void> {
    if (this.#state.phase !== 'off' && this.#state.phase !== 'over') return;
    this.#change({ ...OFF, phase: 'opening', startedAtMs: performance.now() });
    let isHeard = false;
    try {
      this.#microphone = await openMicrophone({ workletUrl: workletUrl() });
      isHeard = true;
      const live = await Live.open({ open: openSessionSocket, start: { ...start, keepResult: true } });
      this.#live = live;
      this.#change({ phase: 'on', startedAtMs: performance.now() });
      this.#drawing = setInterval(() => this.#draw(), DRAW_MS);
      this.#hearing = this.#hear(this.#microphone, live);
      await this.#follow(live);
    } catch (error) {
      // A session that was discarded ends with an error too.
      if (this.phase !== 'off') this.#over(isHeard ? (error as Error).message : TEXTS.noMicrophone);
    }
  }

  /** Nothing more is heard: waits for the result. */
  async finish(notice = ''): Promise<void> {
    if (this.#state.phase !== 'on') return;
    this.#change({ phase: 'ending', failure: notice });
    this.#closeMicrophone();
    // What it heard last is on its way.
    await this.#hearing;
    await this.#live?.finish().catch(() => undefined);
  }

  /** Ends without a result: nothing is kept. */
  discard(): void {
    this.#live?.abort();
    this.#over('');
    this.#change(OFF);
  }

  /** Shows no more of a session that is over. */
  close(): void {
    if (this.#state.phase === 'over') this.#change(OFF);
  }

  nameSpeaker(speaker: string, name: string): void {
    this.#live?.nameSpeaker(speaker, name);
  }

  /** Until the microphone is closed, or taken away: then the session ends with what was heard. */
  async #hear(microphone: Microphone, live: Live): Promise<void> {
    for await (const samples of microphone) {
      this.#levelDbfs = levelOf(samples);
      // Frames stay in order: each is sent before the next one comes. What ends the session is told by its events.
      void live.write(samples).catch(() => undefined);
    }
    void this.finish(TEXTS.microphoneLost);
  }

  /** To the end of the session. */
  async #follow(live: Live): Promise<void> {
    for await (const _event of live);
    this.#over('', live.jobId);
  }

  #over(failure: string, jobId?: string): void {
    clearInterval(this.#drawing);
    this.#closeMicrophone();
    const transcript = this.#live?.transcript ?? EMPTY_LIVE_TRANSCRIPT;
    this.#live = undefined;
    this.#change({
      phase: 'over',
      transcript,
      jobId,
      failure: failure === '' ? this.#state.failure : failure,
    });
  }

  #closeMicrophone(): void {
    this.#microphone?.close();
    this.#microphone = undefined;
  }

  #draw(): void {
    const live = this.#live;
    if (live === undefined) return;
    this.#change({
      transcript: live.transcript,
      levelDbfs: this.#levelDbfs,
      isConnected: live.isConnected,
    });
  }

  #change(change: Partial<LiveState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

/** The page's policy allows no script from `blob:`. Ours gives 16 kHz, which is what a session expects unless told. */
function workletUrl(): string {
  return document.querySelector<HTMLMetaElement>('meta[name=microphone-worklet]')?.content ?? '';
}

/** A socket of a browser carries no key: a ticket opens it. */
async function openSessionSocket() {
  const { ticket } = await askJson<{ ticket: string }>('/v1/live', { method: 'POST' });
  return openSocket(WebSocket, `${location.origin.replace(/^http/, 'ws')}/v1/live`, ticket);
}

export const liveStore = new LiveStore();
