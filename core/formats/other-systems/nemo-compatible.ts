/**
 * Session files exactly as NeMo 2.7.3 writes them (`OfflineDiarWithASR`), for programs and people that compare:
 *
 * - sentences are runs of words of one speaker; the first begins with the first turn, and says so as a string;
 * - `speaker_count` counts who has turns, not who has words;
 * - text has a colour code in every line though colours are off, and its clock is the local time of sixteen hours before
 *   the moment, so that hours, shown from the first one on, are wrong nearly everywhere.
 */
import type { TranscriptResult, Word } from '../../result/result.ts';
import { compareTurns } from '../../timeline/turns.ts';
import { writtenWordsOf } from '../../transcript/written-words.ts';
import { speakerNamer } from '../render-options.ts';
import { formatFixed } from '../writing/fixed-decimal.ts';
import { singleLine } from '../writing/single-line.ts';
import { PythonFloat, pythonFloat, type PythonValue } from '../writing/python-json.ts';

type Sentence = {
  readonly speaker: string;
  /** A string where it is that of a turn. */
  readonly start: number | string;
  end: number;
  text: string;
};

const WHITE = '\u001b[0;37m';
/** Only moments after this show hours. */
const HOUR_SECONDS = 3600;
const CLOCK_SHIFT_SECONDS = 16 * HOUR_SECONDS;

/** The session as JSON, indented by four. */
export function nemoSessionJson(result: TranscriptResult, sessionId: string): string {
  const words = writtenWordsOf(result);
  const labelOf = labels(result);
  return indented({
    status: 'success',
    session_id: sessionId,
    transcription: words.map(({ text }) => text).join(' '),
    speaker_count: new Set(result.turns.map(({ speaker }) => speaker)).size,
    words: words.map((word) => ({
      word: word.text,
      start_time: new PythonFloat(hundredths(word.startSeconds)),
      end_time: new PythonFloat(hundredths(word.endSeconds)),
      speaker: labelOf(word.speaker),
    })),
    sentences: sentencesOf(result, words).map(({ speaker, start, end, text }) => ({
      speaker,
      start_time: typeof start === 'string' ? start : new PythonFloat(start),
      end_time: new PythonFloat(end),
      text,
    })),
  });
}

/** The session as text, a sentence a line. */
export function nemoSessionText(result: TranscriptResult): string {
  return sentencesOf(result, writtenWordsOf(result))
    .map(({ speaker, start, end, text }) => {
      const hours = Number(start) > HOUR_SECONDS;
      const name = singleLine(speaker.replace(/^speaker_/, 'Speaker-'));
      return `${WHITE}[${clock(Number(start), hours)}-${clock(end, hours)}] [ ${name} ] ${singleLine(text)}\n`;
    })
    .join('');
}

function sentencesOf(result: TranscriptResult, words: readonly Word[]): Sentence[] {
  const labelOf = labels(result);
  const [first] = result.turns.toSorted(compareTurns);
  const sentences: Sentence[] = [];
  words.forEach((word, index) => {
    const speaker = labelOf(word.speaker);
    const last = sentences.at(-1);
    if (last?.speaker === speaker) {
      last.text += ` ${word.text}`;
      last.end = hundredths(word.endSeconds);
      return;
    }
    const isOfFirstTurn = index === 0 && first !== undefined && labelOf(first.speaker) === speaker;
    sentences.push({
      speaker,
      start: isOfFirstTurn ? pythonFloat(first.startSeconds) : hundredths(word.startSeconds),
      end: hundredths(word.endSeconds),
      text: word.text,
    });
  });
  return sentences;
}

/** `SPEAKER_03` is `speaker_3` there; names stay as they are. */
function labels(result: TranscriptResult): (label: string | null) => string {
  const nameOf = speakerNamer(result);
  return (label) => {
    const name = nameOf(label);
    const [, number] = /^speaker_(\d{1,9})$/i.exec(name) ?? [];
    return number === undefined ? name : `speaker_${Number(number)}`;
  };
}

/** Python's `round(value, 2)`. */
function hundredths(seconds: number): number {
  return Number(formatFixed(seconds, 2));
}

/** Local time, as Python's `datetime.fromtimestamp`; hundredths are cut, not rounded. */
function clock(seconds: number, hours: boolean): string {
  const microseconds = Math.round((seconds - CLOCK_SHIFT_SECONDS) * 1e6);
  const moment = new Date(Math.floor(microseconds / 1000));
  const fraction = String(Math.floor(mod(microseconds, 1e6) / 1e4)).padStart(2, '0');
  const fields = [moment.getMinutes(), moment.getSeconds()];
  if (hours) fields.unshift(moment.getHours());
  return `${fields.map((field) => String(field).padStart(2, '0')).join(':')}.${fraction}`;
}

function mod(value: number, by: number): number {
  return ((value % by) + by) % by;
}

/** Python's `json.dumps(value, indent=4)`. */
function indented(value: PythonValue, margin = ''): string {
  if (value instanceof PythonFloat) return pythonFloat(value.value);
  if (typeof value !== 'object' || value === null) return asciiJson(value);
  const inner = `${margin}    `;
  const parts = Array.isArray(value)
    ? (value as readonly PythonValue[]).map((entry) => indented(entry, inner))
    : Object.entries(value as Readonly<Record<string, PythonValue>>).map(
        ([key, entry]) => `${asciiJson(key)}: ${indented(entry, inner)}`,
      );
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  if (parts.length === 0) return `${open!}${close!}`;
  return `${open!}\n${inner}${parts.join(`,\n${inner}`)}\n${margin}${close!}`;
}

/** Python escapes what is not ASCII. */
function asciiJson(value: string | number | boolean | null): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
