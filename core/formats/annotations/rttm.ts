import { compareTurns, type Turn } from '../../timeline/turns.ts';
import type { DiarizationResult } from '../../result/result.ts';
import { formatFixed } from '../writing/fixed-decimal.ts';
import { recordingIdOf, speakerNamer, type RenderOptions } from '../render-options.ts';
import { spaceFreeName, spaceFreeNames } from './space-free-names.ts';
import {
  dataLinesOf,
  invalidLine,
  parseDecimal,
  timeField,
  type NumberedLine,
} from '../writing/text-lines.ts';

const FORMAT = 'RTTM';

/** Up to the speaker, and with the two fields behind that some writers leave out. */
const MIN_FIELDS = 8;
const MAX_FIELDS = 10;

/** Other record types of the format: they say nothing about who speaks when and are passed over. */
const OTHER_TYPES = new Set(
  'SEGMENT NOSCORE NO_RT_METADATA LEXEME NON-LEX NON-SPEECH FILLER EDIT IP SU CB A/P SPKR-INFO'.split(' '),
);

/**
 * Turns as RTTM, a line each in the order given: `SPEAKER recording 1 start duration <NA> <NA> speaker <NA> <NA>`.
 *
 * Start and duration are rounded on their own to milliseconds, as pyannote.core does, so their sum may differ from
 * the rounded end by one. White space in names becomes `_`.
 *
 * @see NIST, "The 2009 (RT-09) Rich Transcription Meeting Recognition Evaluation Plan", appendix A
 */
export function writeRttm(turns: readonly Turn[], recordingId: string): string {
  const recording = spaceFreeName(recordingId);
  const speakers = spaceFreeNames(turns.map((turn) => turn.speaker));
  return turns
    .map(({ startSeconds, endSeconds, speaker }) => {
      const times = `${formatFixed(startSeconds, 3)} ${formatFixed(endSeconds - startSeconds, 3)}`;
      return `SPEAKER ${recording} 1 ${times} <NA> <NA> ${speakers.get(speaker)!} <NA> <NA>\n`;
    })
    .join('');
}

/** The turns of a result as RTTM, with the speakers' names. */
export function renderRttm(result: DiarizationResult, options: RenderOptions = {}): string {
  const nameOf = speakerNamer(result);
  const turns = result.turns.map((turn) => ({ ...turn, speaker: nameOf(turn.speaker) }));
  return writeRttm(turns, recordingIdOf(options));
}

/**
 * Reads the SPEAKER lines of an RTTM file.
 *
 * @returns recording → turns by start, end, speaker
 * @throws InvalidInputError `invalid_file` with the line number
 */
export function readRttm(text: string): Map<string, Turn[]> {
  const recordings = new Map<string, Turn[]>();
  for (const line of dataLinesOf(text)) {
    const fields = fieldsOf(line.text);
    if (OTHER_TYPES.has(fields[0]!)) continue;
    const recording = fields[1] ?? '';
    const turns = recordings.get(recording) ?? [];
    turns.push(readTurn(fields, line));
    recordings.set(recording, turns);
  }
  for (const turns of recordings.values()) turns.sort(compareTurns);
  return recordings;
}

/** Fields between spaces; between tabs, where there are tabs, so that names may hold spaces. */
function fieldsOf(line: string): string[] {
  const byTabs = line.trim().split(/ *\t */);
  return byTabs.length >= MIN_FIELDS ? byTabs : line.trim().split(/[ \t]+/);
}

function readTurn(fields: readonly string[], { number }: NumberedLine): Turn {
  if (fields[0] !== 'SPEAKER')
    throw invalidLine(FORMAT, number, 'expected a record type such as SPEAKER first.');
  if (fields.length < MIN_FIELDS) {
    throw invalidLine(
      FORMAT,
      number,
      `expected at least ${MIN_FIELDS} fields with the speaker as eighth, got ${fields.length}.`,
    );
  }
  // The spelling is the sixth field, and no line about a speaker has one: a number there is the duration.
  if (fields.length > MAX_FIELDS || parseDecimal(fields[5]) !== undefined) {
    throw invalidLine(
      FORMAT,
      number,
      `expected ${MAX_FIELDS} fields, got ${fields.length}: names may hold no spaces. Write _ for them, or part fields by tabs.`,
    );
  }
  const startSeconds = timeField(FORMAT, number, 'the start', fields[3]);
  const durationSeconds = timeField(FORMAT, number, 'the duration', fields[4]);
  if (durationSeconds < 0) throw invalidLine(FORMAT, number, 'expected a duration of 0 or more.');
  const turn = { startSeconds, endSeconds: startSeconds + durationSeconds, speaker: fields[7]! };
  const confidence = parseDecimal(fields[8]);
  return confidence === undefined ? turn : { ...turn, confidence };
}
