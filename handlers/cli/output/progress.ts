import type { TaskProgress } from '../../../core/engine/tasks/task.ts';
import { readableTime } from '../../../core/formats/writing/clock.ts';
import { type SpeechError } from '../../../core/errors.ts';
import { singleLine } from '../../../core/formats/writing/single-line.ts';
import type { ResultWarning } from '../../../core/result/result.ts';
import { ERROR_MEANINGS, isRetryable } from '../../errors/error-mapping.ts';

/** How a command says what it is doing: a bar on a terminal, a JSON object a line, or nothing. */
export const PROGRESS_MODES = ['auto', 'json', 'none'] as const;
export type ProgressMode = (typeof PROGRESS_MODES)[number];

/** An input by its place on the command line and its name; undefined for what concerns the whole command. */
export type InputReference = { readonly index: number; readonly name: string };

/** Where messages go; stderr of the process, or of a test. */
export type MessageStream = {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
};

/** Everything that a command says besides its result; all of it on stderr. */
export type Messenger = {
  progress(input: InputReference, progress: TaskProgress): void;
  /** Something that is worth a line in any case. */
  note(text: string): void;
  warning(input: InputReference | undefined, warning: ResultWarning): void;
  error(input: InputReference | undefined, error: SpeechError): void;
  /** Takes the bar off the terminal, before a result is printed there. */
  clear(): void;
};

/** Version of the JSON lines. */
const SCHEMA_VERSION = 1;

/** Redraws of the bar a second at most, so that a slow terminal does not slow the work. */
const REDRAW_MS = 100;
const BAR_CELLS = 16;
const DEFAULT_COLUMNS = 80;

export function createMessenger(mode: ProgressMode, stream: MessageStream): Messenger {
  if (mode === 'json') return new JsonMessenger(stream);
  return new TextMessenger(stream, mode === 'auto' && stream.isTTY === true);
}

class JsonMessenger implements Messenger {
  readonly #stream: MessageStream;

  constructor(stream: MessageStream) {
    this.#stream = stream;
  }

  progress(input: InputReference, { stage, done, total }: TaskProgress): void {
    this.#line('progress', input, { stage, done, total });
  }

  note(message: string): void {
    this.#line('note', undefined, { message });
  }

  warning(input: InputReference | undefined, { code, message }: ResultWarning): void {
    this.#line('warning', input, { warning: { code, message } });
  }

  error(input: InputReference | undefined, error: SpeechError): void {
    const { code, message, details } = error;
    const { exitCode } = ERROR_MEANINGS[code];
    this.#line('error', input, {
      error: { code, message, retryable: isRetryable(error), details },
      exitCode,
    });
  }

  clear(): void {
    // Lines stay.
  }

  #line(type: string, input: InputReference | undefined, content: object): void {
    const about = input === undefined ? {} : { index: input.index, input: input.name };
    const line = JSON.stringify({ schemaVersion: SCHEMA_VERSION, type, ...about, ...content });
    this.#stream.write(`${line}\n`);
  }
}

class TextMessenger implements Messenger {
  readonly #stream: MessageStream;
  readonly #hasBar: boolean;
  #isDrawn = false;
  #drawnAtMs = -Infinity;
  /** The first progress of the stage under way: what the time left is reckoned from. */
  #first: { readonly of: string; readonly done: number; readonly atMs: number } | undefined;

  constructor(stream: MessageStream, hasBar: boolean) {
    this.#stream = stream;
    this.#hasBar = hasBar;
  }

  progress(input: InputReference, progress: TaskProgress): void {
    if (!this.#hasBar) return;
    const nowMs = performance.now();
    const of = `${input.index} ${progress.stage}`;
    if (this.#first?.of !== of) this.#first = { of, done: progress.done, atMs: nowMs };
    else if (nowMs - this.#drawnAtMs < REDRAW_MS) return;
    this.#drawnAtMs = nowMs;
    this.#isDrawn = true;
    const secondsPerUnit = (nowMs - this.#first.atMs) / 1000 / (progress.done - this.#first.done);
    const line = barLine(input.name, progress, secondsPerUnit);
    this.#stream.write(`\r\u001b[2K${line.slice(0, widthOf(this.#stream) - 1)}`);
  }

  note(text: string): void {
    this.#line(text);
  }

  warning(input: InputReference | undefined, { message }: ResultWarning): void {
    this.#line(`${subject(input)}warning: ${message}`);
  }

  error(input: InputReference | undefined, { code, message }: SpeechError): void {
    this.#line(`${subject(input)}${message} [${code}]`);
  }

  clear(): void {
    if (this.#isDrawn) this.#stream.write('\r\u001b[2K');
    this.#isDrawn = false;
  }

  #line(text: string): void {
    this.clear();
    this.#stream.write(`colloquy: ${singleLine(text)}\n`);
  }
}

function subject(input: InputReference | undefined): string {
  return input === undefined ? '' : `${input.name}: `;
}

/** Columns of the terminal; one that does not know its size says 0. */
function widthOf({ columns }: MessageStream): number {
  return columns !== undefined && columns > 0 ? columns : DEFAULT_COLUMNS;
}

/** `talk.wav  observe  ███████░░░░░░░░░  45 %  12:30 of 28:00  0:15 left`. */
function barLine(name: string, { stage, done, total }: TaskProgress, secondsPerUnit: number): string {
  const label = `${singleLine(name)}  ${stage}`;
  if (total === null || total <= 0) return `${label}  ${readableTime(done)}`;
  const share = Math.min(1, done / total);
  const filled = Math.round(share * BAR_CELLS);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_CELLS - filled);
  const percent = String(Math.floor(share * 100)).padStart(3);
  const amount = stage === 'download' ? '' : `  ${readableTime(done)} of ${readableTime(total)}`;
  const secondsLeft = Math.max(0, total - done) * secondsPerUnit;
  const left = Number.isFinite(secondsLeft) ? `  ${readableTime(secondsLeft)} left` : '';
  return `${label}  ${bar} ${percent} %${amount}${left}`;
}
