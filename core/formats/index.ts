import { InvalidInputError } from '../errors.ts';
import { isTranscript, type DiarizationResult, type TranscriptResult } from '../result/result.ts';
import {
  type FormatInput,
  OUTPUT_FORMATS,
  type OutputFormat,
  type OutputFormatName,
  type Rendered,
} from './output-formats.ts';
import type { RenderOptions } from './render-options.ts';

export { type FormatInput, OUTPUT_FORMATS, type OutputFormat, type OutputFormatName, type Rendered };

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
