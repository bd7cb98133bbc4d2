import type { Segment } from '../../timeline/turns.ts';
import {
  isTranscript,
  type DiarizationResult,
  type TranscriptResult,
  type Utterance,
} from '../../result/result.ts';
import { formatFixed } from '../writing/fixed-decimal.ts';
import { speakerNamer, type RenderOptions } from '../render-options.ts';
import { singleLine } from '../writing/single-line.ts';
import { invalidLine, parseDecimal } from '../writing/text-lines.ts';

const FORMAT = 'TextGrid';

type Interval = Segment & { readonly text: string };

/**
 * A Praat TextGrid (long text form): a tier for each speaker that covers the whole recording; silence is an empty
 * interval. Utterances of one speaker that overlap each other are cut where the later one begins.
 *
 * @see https://www.fon.hum.uva.nl/praat/manual/TextGrid_file_formats.html
 */
export function renderTextGrid(
  result: DiarizationResult | TranscriptResult,
  _options: RenderOptions = {},
): string {
  const tiers = tiersOf(result);
  const endSeconds = tiers
    .flatMap((tier) => tier.intervals)
    .reduce((end, interval) => Math.max(end, interval.endSeconds), result.durationSeconds);
  const lines = [
    'File type = "ooTextFile"',
    'Object class = "TextGrid"',
    '',
    'xmin = 0',
    `xmax = ${time(endSeconds)}`,
    'tiers? <exists>',
    `size = ${tiers.length}`,
    'item []:',
    ...tiers.flatMap((tier, index) =>
      tierLines(tier.name, covering(tier.intervals, endSeconds), endSeconds, index + 1),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function tiersOf(result: DiarizationResult | TranscriptResult): { name: string; intervals: Interval[] }[] {
  const nameOf = speakerNamer(result);
  const spoken = isTranscript(result)
    ? result.utterances.map((utterance) => ({ ...utterance, text: utterance.text }))
    : result.turns.map((turn) => ({ ...turn, text: nameOf(turn.speaker) }));
  const speakers = new Set<string | null>([
    ...result.speakers.map((speaker) => speaker.label),
    ...spoken.map((part) => part.speaker),
  ]);
  return [...speakers].map((speaker) => ({
    name: nameOf(speaker),
    intervals: spoken
      .filter((part) => part.speaker === speaker)
      .map(({ startSeconds, endSeconds, text }) => ({ startSeconds, endSeconds, text: singleLine(text) })),
  }));
}

/** The intervals without overlap, with empty ones between: from 0 to the end without a hole. */
function covering(intervals: readonly Interval[], endSeconds: number): Interval[] {
  const covered: Interval[] = [];
  let position = 0;
  const ordered = intervals.toSorted((a, b) => a.startSeconds - b.startSeconds);
  for (const [index, { text, ...interval }] of ordered.entries()) {
    const start = Math.max(position, interval.startSeconds);
    const end = Math.min(interval.endSeconds, ordered[index + 1]?.startSeconds ?? endSeconds);
    if (time(start) === time(end) || end < start) continue;
    if (time(start) !== time(position)) covered.push({ startSeconds: position, endSeconds: start, text: '' });
    covered.push({ startSeconds: start, endSeconds: end, text });
    position = end;
  }
  if (time(position) !== time(endSeconds)) covered.push({ startSeconds: position, endSeconds, text: '' });
  return covered;
}

function tierLines(
  name: string,
  intervals: readonly Interval[],
  endSeconds: number,
  number: number,
): string[] {
  return [
    `    item [${number}]:`,
    '        class = "IntervalTier"',
    `        name = ${quoted(name)}`,
    '        xmin = 0',
    `        xmax = ${time(endSeconds)}`,
    `        intervals: size = ${intervals.length}`,
    ...intervals.flatMap((interval, index) => [
      `        intervals [${index + 1}]:`,
      `            xmin = ${time(interval.startSeconds)}`,
      `            xmax = ${time(interval.endSeconds)}`,
      `            text = ${quoted(interval.text)}`,
    ]),
  ];
}

/** Microseconds, without zeros at the end. */
function time(seconds: number): string {
  return formatFixed(seconds, 6).replace(/\.?0+$/, '');
}

function quoted(text: string): string {
  return `"${singleLine(text).replaceAll('"', '""')}"`;
}

/** A number, a text in quotes (doubled inside), a flag, or a line end; all else is free text in this format. */
const TOKEN = /"(?:[^"]|"")*"|<[a-z]+>|(?<![\w[.-])-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w\]])|\n/g;

/**
 * Reads a Praat TextGrid, long or short: an utterance for each interval with text, tiers are speakers. Point tiers are
 * passed over.
 *
 * @throws InvalidInputError `invalid_file` with the line number
 */
export function readTextGrid(text: string): Utterance[] {
  const reader = new TextGridReader(text);
  if (reader.text() !== 'ooTextFile' || reader.text() !== 'TextGrid')
    throw reader.error('a text file of class TextGrid');
  reader.number();
  reader.number();
  if (reader.next('a flag') !== '<exists>') return [];
  const utterances: Utterance[] = [];
  for (let tiers = reader.count(); tiers > 0; tiers -= 1) {
    const intervalTier = reader.text() === 'IntervalTier';
    const speaker = reader.text();
    reader.number();
    reader.number();
    for (let entries = reader.count(); entries > 0; entries -= 1) {
      const startSeconds = reader.number();
      const endSeconds = intervalTier ? reader.number() : startSeconds;
      const content = reader.text();
      if (endSeconds < startSeconds) throw reader.error('an end that is not before the start');
      if (!intervalTier || content.trim() === '') continue;
      utterances.push({ speaker, startSeconds, endSeconds, text: content.trim(), words: [] });
    }
  }
  return utterances.sort((a, b) => a.startSeconds - b.startSeconds);
}

/** Goes through the values of the file one by one. */
class TextGridReader {
  private readonly tokens: IterableIterator<RegExpMatchArray>;
  private line = 1;

  constructor(text: string) {
    this.tokens = text
      .replace(/^\uFEFF/, '')
      .replaceAll('\r\n', '\n')
      .replaceAll('\r', '\n')
      .matchAll(TOKEN);
  }

  next(expected: string): string {
    for (;;) {
      const token = this.tokens.next();
      if (token.done) throw this.error(expected);
      if (token.value[0] !== '\n') return token.value[0];
      this.line += 1;
    }
  }

  text(): string {
    const token = this.next('a text in quotes');
    if (!token.startsWith('"')) throw this.error('a text in quotes');
    return token.slice(1, -1).replaceAll('""', '"');
  }

  number(): number {
    const value = parseDecimal(this.next('a number'));
    if (value === undefined) throw this.error('a number');
    return value;
  }

  count(): number {
    const value = this.number();
    if (!Number.isInteger(value) || value < 0) throw this.error('a whole number');
    return value;
  }

  error(expected: string) {
    return invalidLine(FORMAT, this.line, `expected ${expected}.`);
  }
}
