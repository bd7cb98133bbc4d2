/** What `colloquy live` shows: lines that are final, and on a terminal a last line that changes. */
import { singleLine } from '../../../core/formats/writing/single-line.ts';
import { type Turn, turnsBetween } from '../../../core/timeline/turns.ts';
import type { LiveEvent, LiveText } from '../../../core/result/live/live-events.ts';
import {
  applyLiveEvent,
  EMPTY_LIVE_TRANSCRIPT,
  type LiveTranscript,
  shownName,
} from '../../../core/result/live/live-transcript.ts';

/** Where lines go. */
export type LiveOutput = {
  readonly write: (text: string) => void;
  /** Of a terminal that can rewrite its last line; undefined elsewhere. */
  readonly columns: number | undefined;
  /** Whether text is to come: where none is, turns are what there is to see. */
  readonly writesWords: boolean;
};

export class LiveScreen {
  readonly #output: LiveOutput;
  #state: LiveTranscript = EMPTY_LIVE_TRANSCRIPT;
  readonly #printed = new Set<number>();
  /** Turns that stand on the screen, where turns are what there is to see. */
  readonly #printedTurns: Turn[] = [];
  #lastLine = '';

  constructor(output: LiveOutput) {
    this.#output = output;
  }

  get state(): LiveTranscript {
    return this.#state;
  }

  show(event: LiveEvent): void {
    this.#state = applyLiveEvent(this.#state, event);
    if (event.type === 'text' && event.final && isSettled(event)) this.#print(event);
    if (event.type === 'turn' && !event.open && !this.#output.writesWords) this.#printTurn(event);
    if (event.type === 'warning') this.#line(`(${event.message})`);
    if (event.type === 'result') this.#printRest();
    if (this.#output.columns !== undefined) this.#rewrite(event.type === 'result' ? '' : this.#now());
  }

  #print(text: LiveText): void {
    if (!text.final || text.text === '' || this.#printed.has(text.id)) return;
    this.#printed.add(text.id);
    let spoken: string[] = [];
    let who: string | null = null;
    let startSeconds = text.startSeconds;
    const flush = (): void => {
      if (spoken.length > 0) this.#line(`${clock(startSeconds)} ${this.#nameOf(who)}${spoken.join(' ')}`);
      spoken = [];
    };
    for (const word of text.words) {
      if (word.speaker !== who) {
        flush();
        who = word.speaker;
        startSeconds = word.startSeconds;
      }
      spoken.push(word.text);
    }
    flush();
  }

  /** What was still open when the sound ended. */
  #printRest(): void {
    for (const text of this.#state.texts) this.#print(text);
    if (this.#output.writesWords) return;
    const until = Math.max(0, ...this.#printedTurns.map(({ endSeconds }) => endSeconds));
    for (const turn of this.#state.turns) {
      const same = this.#printedTurns.filter(({ speaker }) => speaker === turn.speaker);
      const isPrinted = turnsBetween(same, turn.startSeconds, turn.endSeconds).length > 0;
      if (turn.endSeconds > until && !isPrinted) this.#printTurn(turn);
    }
  }

  #printTurn(turn: Turn): void {
    const { speaker, startSeconds, endSeconds } = turn;
    this.#printedTurns.push(turn);
    this.#line(`${clock(startSeconds)} – ${clock(endSeconds)} ${shownName(this.#state, speaker)}`);
  }

  #nameOf(speaker: string | null): string {
    return speaker === null ? '' : `${singleLine(shownName(this.#state, speaker))}: `;
  }

  /** Who speaks now, and what is not final yet. */
  #now(): string {
    const heard = this.#state.status?.heardSeconds ?? 0;
    const speaking = this.#state.turns
      .filter(({ endSeconds }) => endSeconds > heard - 2)
      .map(({ speaker }) => shownName(this.#state, speaker));
    const open = this.#state.texts.findLast(({ final }) => !final)?.text ?? '';
    const mark = this.#state.isSpeech ? '●' : '○';
    return `${mark} ${clock(heard)} ${[...new Set(speaking)].join('+')} ${open}`;
  }

  #line(text: string): void {
    if (this.#lastLine !== '') this.#output.write('\r\u001b[2K');
    this.#lastLine = '';
    this.#output.write(`${singleLine(text)}\n`);
  }

  #rewrite(text: string): void {
    const line = fitted(singleLine(text), this.#output.columns! - 1);
    if (line === this.#lastLine) return;
    this.#output.write(`\r\u001b[2K${line}`);
    this.#lastLine = line;
  }
}

function isSettled({ words }: LiveText): boolean {
  return words.every(({ speakerState }) => speakerState !== 'pending');
}

/** The end of what is too long: what was said last. */
function fitted(text: string, columns: number): string {
  const characters = Array.from(text);
  return characters.length <= columns ? text : `…${characters.slice(1 - columns).join('')}`;
}

function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${String(Math.floor(whole / 60)).padStart(2, '0')}:${String(whole % 60).padStart(2, '0')}`;
}
