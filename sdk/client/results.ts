import { renderResult, type Rendered } from '../../core/formats/index.ts';
import type { RenderOptions } from '../../core/formats/render-options.ts';
import { InvalidRequestError } from '../errors/errors.ts';
import type { JobResult, RenderedFile, Task, DiarizationResult, TranscriptResult } from '../wire.ts';

/** The outcomes of one task on the wire. */
type WireOutcome<T extends Task> = Extract<JobResult, { task: T }>['results'][number];

/** The result of one recording on the wire. */
export type WireResult<T extends Task> = Extract<WireOutcome<T>, { result: unknown }>['result'];

/** What every result about speakers can be written as. Rendering is done here, without another request. */
export type DiarizationHelpers = {
  /**
   * The result in any format that Colloquy knows.
   *
   * @throws an error with code `invalid_option` that lists the formats
   */
  render(format: string, options?: RenderOptions): Rendered;
  toText(options?: RenderOptions): string;
  toRttm(options?: RenderOptions): string;
  toCsv(options?: RenderOptions): string;
  toAudacity(options?: RenderOptions): string;
  toSvg(options?: RenderOptions): string;
};

/** What a transcript can be written as, besides. */
export type TranscriptHelpers = DiarizationHelpers & {
  toSrt(options?: RenderOptions): string;
  toVtt(options?: RenderOptions): string;
};

/** Who spoke when. */
export type Diarization = DiarizationResult & DiarizationHelpers;

/** Who said what. */
export type Transcript = TranscriptResult & TranscriptHelpers;

/** The result of one recording, with helpers where there is something to write. */
export type ResultOf<T extends Task> = T extends 'diarize'
  ? Diarization
  : T extends 'transcribe'
    ? Transcript
    : WireResult<T>;

/** The outcome of one recording of several: its result, or its failure. */
export type Outcome<T extends Task> =
  | { readonly index: number; readonly result: ResultOf<T>; readonly files: readonly RenderedFile[] }
  | { readonly index: number; readonly error: Error };

type Renderable = DiarizationResult | TranscriptResult;

function renderText(result: Renderable, format: string, options: RenderOptions | undefined): string {
  const rendered = renderResult(result, format, options);
  if (typeof rendered === 'string') return rendered;
  throw new InvalidRequestError('invalid_option', `Expected a text format; ${format} is none, use render.`);
}

/** On the prototype, so that `JSON.stringify` and `Object.keys` show the result alone. */
const diarizationHelpers = {
  render(this: Renderable, format: string, options?: RenderOptions): Rendered {
    return renderResult(this, format, options);
  },
  toText(this: Renderable, options?: RenderOptions): string {
    return renderText(this, 'text', options);
  },
  toRttm(this: Renderable, options?: RenderOptions): string {
    return renderText(this, 'rttm', options);
  },
  toCsv(this: Renderable, options?: RenderOptions): string {
    return renderText(this, 'csv', options);
  },
  toAudacity(this: Renderable, options?: RenderOptions): string {
    return renderText(this, 'audacity', options);
  },
  toSvg(this: Renderable, options?: RenderOptions): string {
    return renderText(this, 'svg', options);
  },
};

const transcriptHelpers = {
  ...diarizationHelpers,
  toSrt(this: Renderable, options?: RenderOptions): string {
    return renderText(this, 'srt', options);
  },
  toVtt(this: Renderable, options?: RenderOptions): string {
    return renderText(this, 'vtt', options);
  },
};

/** A diarization with its helpers. */
export function asDiarization(result: DiarizationResult): Diarization {
  return Object.assign(Object.create(diarizationHelpers) as DiarizationHelpers, result);
}

/** A transcript with its helpers. */
export function asTranscript(result: TranscriptResult): Transcript {
  return Object.assign(Object.create(transcriptHelpers) as TranscriptHelpers, result);
}

/** The result of a task with the helpers of that task. */
export function withHelpers<T extends Task>(task: T, result: WireResult<T>): ResultOf<T> {
  if (task === 'diarize') return asDiarization(result as DiarizationResult) as ResultOf<T>;
  if (task === 'transcribe') return asTranscript(result as TranscriptResult) as ResultOf<T>;
  return result as ResultOf<T>;
}
