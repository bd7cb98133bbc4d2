import { InvalidInputError } from '../../../core/errors.ts';
import { PAUSE_MARKS, type PauseMarks, type RenderOptions } from '../../../core/formats/render-options.ts';
import { camelCase } from './form-options.ts';

/** Most characters, lines or words that a subtitle limit may allow. */
const MOST = 10_000;

/**
 * How a file is written, as the query of its address says it: `title`, `pauses`, `max_line_width`, `max_line_count`,
 * `max_words_per_line`, `highlight_words`, `speaker_names`, as the options of `colloquy render` are called.
 *
 * @throws InvalidInputError `invalid_option`
 */
export function renderQuery(query: URLSearchParams, recordingId: string): RenderOptions {
  const given = new Map([...query].map(([name, value]) => [camelCase(name), value]));
  return {
    recordingId,
    title: given.get('title')?.slice(0, 500) ?? recordingId,
    pauseMarks: pauseMarks(given.get('pauses')),
    subtitles: {
      maxLineCharacters: count(given, 'maxLineWidth'),
      maxLines: count(given, 'maxLineCount'),
      maxLineWords: count(given, 'maxWordsPerLine'),
      highlightWords: yesOrNo(given, 'highlightWords'),
      speakerNames: yesOrNo(given, 'speakerNames'),
    },
  };
}

function pauseMarks(value: string | undefined): PauseMarks | undefined {
  const known = PAUSE_MARKS.find((marks) => marks === value);
  if (value === undefined || known !== undefined) return known;
  throw wrong('pauses', `one of ${PAUSE_MARKS.join(', ')}`);
}

function count(given: ReadonlyMap<string, string>, name: string): number | undefined {
  const value = given.get(name);
  if (value === undefined || value === '') return undefined;
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= MOST) return number;
  throw wrong(name, `a whole number from 1 to ${MOST}`);
}

function yesOrNo(given: ReadonlyMap<string, string>, name: string): boolean | undefined {
  const value = given.get(name)?.toLowerCase();
  if (value === undefined || value === '') return undefined;
  if (value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  throw wrong(name, 'true or false');
}

function wrong(option: string, expected: string): InvalidInputError {
  return new InvalidInputError('invalid_option', `${option}: expected ${expected}.`, { details: { option } });
}
