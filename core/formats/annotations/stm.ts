import type { TranscriptResult, Utterance } from '../../result/result.ts';
import type { Segment } from '../../timeline/turns.ts';
import { formatFixed } from '../writing/fixed-decimal.ts';
import { recordingIdOf, speakerNamer, type RenderOptions } from '../render-options.ts';
import { singleLine } from '../writing/single-line.ts';
import { spaceFreeName, spaceFreeNames } from './space-free-names.ts';
import { dataLinesOf, invalidLine, timeField } from '../writing/text-lines.ts';

const FORMAT = 'STM';

/** What stands for the text of a region that scorers leave out. */
const IGNORED = 'IGNORE_TIME_SEGMENT_IN_SCORING';

/**
 * Segment time marks: `recording 1 speaker start end text`, an utterance a line.
 *
 * @see https://github.com/usnistgov/SCTK/blob/master/doc/infmts.htm (stm)
 */
export function renderStm(result: TranscriptResult, options: RenderOptions = {}): string {
  const nameOf = speakerNamer(result);
  const recording = spaceFreeName(recordingIdOf(options));
  const speakers = spaceFreeNames(result.utterances.map((utterance) => nameOf(utterance.speaker)));
  return result.utterances
    .map(({ speaker, startSeconds, endSeconds, text }) => {
      const times = `${formatFixed(startSeconds, 3)} ${formatFixed(endSeconds, 3)}`;
      const words = singleLine(text);
      // A first word in angle brackets would be taken for the optional label, so that is written then.
      const label = words.startsWith('<') ? '<NA> ' : '';
      return `${recording} 1 ${speakers.get(nameOf(speaker))!} ${times} ${label}${words}\n`;
    })
    .join('');
}

/**
 * Reads an STM file; labels such as `<o,f0,male>`, noises such as `{COUGH}` and regions that are not scored are passed
 * over. Alternatives (`{ a / b }`) are an error: there is no one text then.
 *
 * @returns recording → utterances in the order of the file, without word times
 * @throws InvalidInputError `invalid_file` with the line number
 */
export function readStm(text: string): Map<string, Utterance[]> {
  const recordings = new Map<string, Utterance[]>();
  for (const { recording, isIgnored, ...utterance } of stmLines(text)) {
    const utterances = recordings.get(recording) ?? [];
    recordings.set(recording, utterances);
    if (!isIgnored) utterances.push({ ...utterance, words: [] });
  }
  return recordings;
}

/**
 * The regions that scorers leave out, on both sides: gaps between the segments of a talk, for instance.
 *
 * @returns recording → regions in the order of the file
 * @throws InvalidInputError `invalid_file` with the line number
 */
export function readStmIgnored(text: string): Map<string, Segment[]> {
  const recordings = new Map<string, Segment[]>();
  for (const { recording, isIgnored, startSeconds, endSeconds } of stmLines(text)) {
    if (!isIgnored) continue;
    recordings.set(recording, [...(recordings.get(recording) ?? []), { startSeconds, endSeconds }]);
  }
  return recordings;
}

type StmLine = Omit<Utterance, 'words' | 'speaker'> & {
  readonly recording: string;
  readonly speaker: string;
  readonly isIgnored: boolean;
};

const LINE = /^\s*(\S+)[ \t]+(\S+)[ \t]+(\S+)[ \t]+(\S+)[ \t]+(\S+)(?:[ \t]+<[^<>\s]*>(?=\s|$))?[ \t]*(.*)$/;

function* stmLines(text: string): Generator<StmLine> {
  for (const { number, text: line } of dataLinesOf(text)) {
    const match = LINE.exec(line);
    if (match === null) {
      throw invalidLine(FORMAT, number, 'expected recording, channel, speaker, start, end and text.');
    }
    const [, recording = '', , speaker = '', start, end, words = ''] = match;
    const startSeconds = timeField(FORMAT, number, 'the start', start);
    const endSeconds = timeField(FORMAT, number, 'the end', end);
    if (endSeconds < startSeconds)
      throw invalidLine(FORMAT, number, 'expected an end that is not before the start.');
    if (/\{[^{}]*\/[^{}]*\}/.test(words)) {
      throw invalidLine(FORMAT, number, 'expected one text, got alternatives; leave one of them.');
    }
    // TED-LIUM writes the marker in small letters.
    const isIgnored = words.trim().toUpperCase() === IGNORED;
    const spoken = singleLine(words.replaceAll(/\{[^{}\s]*\}/g, ' ')).replaceAll(/^ +| +$/g, '');
    yield { recording, speaker, startSeconds, endSeconds, text: spoken, isIgnored };
  }
}
