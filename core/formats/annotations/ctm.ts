import { InvalidInputError } from '../../errors.ts';
import type { TranscriptResult, Utterance, Word } from '../../result/result.ts';
import { joinWords } from '../../text/join-words.ts';
import { writtenWordsOf } from '../../transcript/written-words.ts';
import { formatFixed } from '../writing/fixed-decimal.ts';
import { recordingIdOf, type RenderOptions } from '../render-options.ts';
import { spaceFreeName } from './space-free-names.ts';
import { dataLinesOf, invalidLine, parseDecimal, timeField } from '../writing/text-lines.ts';

const FORMAT = 'CTM';

/** Silence after which a word read from CTM, which knows no utterances, begins a new one. */
const UTTERANCE_PAUSE_SECONDS = 1;

/** The error for a transcript whose words have no times. */
export function wordTimesMissing(): InvalidInputError {
  return new InvalidInputError(
    'invalid_option',
    'CTM is made of words with their times, and here is text without them: leave word times on, or choose another format.',
    { details: { format: 'ctm', missing: 'wordTimes' } },
  );
}

/**
 * Conversation time marks: `recording 1 start duration word [confidence]`, a word a line, by start, as it is written.
 * Speakers are not part of the format.
 *
 * @throws InvalidInputError `invalid_option` for text whose words have no times: an empty file would pass for silence
 * @see https://github.com/usnistgov/SCTK/blob/master/doc/infmts.htm (ctm)
 */
export function renderCtm(result: TranscriptResult, options: RenderOptions = {}): string {
  const recording = spaceFreeName(recordingIdOf(options));
  if (result.utterances.some(({ text, words }) => text.trim() !== '' && words.length === 0)) {
    throw wordTimesMissing();
  }
  return writtenWordsOf(result)
    .map(({ text, startSeconds, endSeconds, confidence }) => {
      const times = `${formatFixed(startSeconds, 3)} ${formatFixed(endSeconds - startSeconds, 3)}`;
      const score = confidence === undefined ? '' : ` ${formatFixed(confidence, 3)}`;
      return `${recording} 1 ${times} ${spaceFreeName(text)}${score}\n`;
    })
    .join('');
}

/**
 * Reads a CTM file. Words of alternatives (`<ALT>` …) are an error: there is no one text then.
 *
 * @returns recording → utterances without speakers, cut at pauses
 * @throws InvalidInputError `invalid_file` with the line number
 */
export function readCtm(text: string): Map<string, Utterance[]> {
  const recordings = new Map<string, Word[]>();
  for (const { number, text: line } of dataLinesOf(text)) {
    const fields = line.trim().split(/[ \t]+/);
    if (fields.length < 5) {
      throw invalidLine(
        FORMAT,
        number,
        `expected recording, channel, start, duration and word, got ${fields.length} fields.`,
      );
    }
    if (/^<ALT/i.test(fields[4]!)) throw invalidLine(FORMAT, number, 'expected one text, got alternatives.');
    const startSeconds = timeField(FORMAT, number, 'the start', fields[2]);
    const durationSeconds = timeField(FORMAT, number, 'the duration', fields[3]);
    if (durationSeconds < 0) throw invalidLine(FORMAT, number, 'expected a duration of 0 or more.');
    const confidence = parseDecimal(fields[5]);
    const words = recordings.get(fields[0]!) ?? [];
    recordings.set(fields[0]!, words);
    words.push({
      text: fields[4]!,
      startSeconds,
      endSeconds: startSeconds + durationSeconds,
      speaker: null,
      ...(confidence === undefined ? {} : { confidence }),
    });
  }
  return new Map([...recordings].map(([recording, words]) => [recording, utterancesOf(words)]));
}

function utterancesOf(words: Word[]): Utterance[] {
  const groups: Word[][] = [];
  for (const word of words.sort((a, b) => a.startSeconds - b.startSeconds)) {
    const last = groups.at(-1)?.at(-1);
    if (last && word.startSeconds - last.endSeconds < UTTERANCE_PAUSE_SECONDS) groups.at(-1)!.push(word);
    else groups.push([word]);
  }
  return groups.map((group) => ({
    speaker: null,
    startSeconds: group[0]!.startSeconds,
    endSeconds: group.at(-1)!.endSeconds,
    text: joinWords(group),
    words: group,
  }));
}
