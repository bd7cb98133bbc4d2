import { InvalidInputError } from '../errors.ts';
import { isTranscript, type DiarizationResult, type TranscriptResult } from '../transcript/result.ts';
import { renderAudacity } from './audacity.ts';
import { renderCsv } from './csv.ts';
import { renderJson } from './json.ts';
import type { RenderOptions } from './render-options.ts';
import { renderRttm } from './rttm.ts';
import { renderSvgTimeline } from './svg-timeline.ts';
import { renderText } from './text.ts';
import { renderUem } from './uem.ts';

/** What a format is made from: `turns` is every result, `words` only a transcript. */
export type FormatInput = 'turns' | 'words';

/** A file format that results can be written in. */
export type OutputFormat = {
  /** One line for help texts. */
  readonly description: string;
  /** Ending of file names, without the dot. */
  readonly extension: string;
  readonly mediaType: string;
} & (
  | {
      readonly takes: 'turns';
      readonly render: (result: DiarizationResult | TranscriptResult, options: RenderOptions) => Rendered;
    }
  | {
      readonly takes: 'words';
      readonly render: (result: TranscriptResult, options: RenderOptions) => Rendered;
    }
);

/** Text, or the bytes of a format that is no text. */
export type Rendered = string | Promise<Uint8Array>;

/** Every format by the name that options use. */
export const OUTPUT_FORMATS = {
  json: {
    description: 'everything that is known, versioned',
    extension: 'json',
    mediaType: 'application/json',
    takes: 'turns',
    render: renderJson,
  },
  text: {
    description: 'paragraphs by speaker, or a list of turns',
    extension: 'txt',
    mediaType: 'text/plain; charset=utf-8',
    takes: 'turns',
    render: renderText,
  },
  rttm: {
    description: 'who spoke when, for scoring tools',
    extension: 'rttm',
    mediaType: 'text/plain; charset=utf-8',
    takes: 'turns',
    render: renderRttm,
  },
  uem: {
    description: 'the scored region: the whole recording',
    extension: 'uem',
    mediaType: 'text/plain; charset=utf-8',
    takes: 'turns',
    render: renderUem,
  },
  audacity: {
    description: 'label track for Audacity',
    extension: 'labels.txt',
    mediaType: 'text/plain; charset=utf-8',
    takes: 'turns',
    render: renderAudacity,
  },
  csv: {
    description: 'table for spreadsheets',
    extension: 'csv',
    mediaType: 'text/csv; charset=utf-8; header=present',
    takes: 'turns',
    render: renderCsv,
  },
  svg: {
    description: 'picture: a lane for each speaker',
    extension: 'svg',
    mediaType: 'image/svg+xml',
    takes: 'turns',
    render: renderSvgTimeline,
  },
} as const satisfies Readonly<Record<string, OutputFormat>>;

export type OutputFormatName = keyof typeof OUTPUT_FORMATS;

/** The names of the formats that can be made from turns alone, or from a transcript. */
export function formatNames(input: FormatInput): OutputFormatName[] {
  const names = Object.keys(OUTPUT_FORMATS) as OutputFormatName[];
  return input === 'words' ? names : names.filter((name) => formatOf(name).takes === 'turns');
}

/**
 * The format of this name.
 *
 * @throws InvalidInputError `invalid_option` naming the known ones
 */
export function formatOf(name: string): OutputFormat {
  if (Object.hasOwn(OUTPUT_FORMATS, name)) return OUTPUT_FORMATS[name as OutputFormatName];
  throw new InvalidInputError(
    'invalid_option',
    `Expected a format out of ${Object.keys(OUTPUT_FORMATS).join(', ')}; got ${JSON.stringify(name)}.`,
  );
}

/**
 * Writes a result in the format of this name.
 *
 * @throws InvalidInputError `invalid_option` for an unknown format, and for one that needs words where there are none
 */
export function renderResult(
  result: DiarizationResult | TranscriptResult,
  name: string,
  options: RenderOptions = {},
): Rendered {
  const format = formatOf(name);
  if (format.takes === 'turns') return format.render(result, options);
  if (isTranscript(result)) return format.render(result, options);
  throw new InvalidInputError(
    'invalid_option',
    `Expected a transcript for the format ${name}, got turns without words; choose out of ${formatNames('turns').join(', ')}.`,
  );
}
