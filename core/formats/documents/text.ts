import { isTranscript, type DiarizationResult, type TranscriptResult } from '../../result/result.ts';
import { joinWords, spacedSentences } from '../../text/join-words.ts';
import { formatClock, readableTime } from '../writing/clock.ts';
import { jeffersonText, plainMarkedText } from './jefferson.ts';
import { paragraphsOf, type Paragraph } from './paragraphs.ts';
import { speakerNamer, speakerPrefixer, type RenderOptions } from '../render-options.ts';
import { singleLine } from '../writing/single-line.ts';

/**
 * For readers: a paragraph for each speaker in turn, headed by name and time, on request with marks of pauses and
 * overlap; without words a line for each turn, `00:00:01.195 – 00:00:03.507  SPEAKER_00`.
 */
export function renderText(
  result: DiarizationResult | TranscriptResult,
  options: RenderOptions = {},
): string {
  return isTranscript(result) ? paragraphText(result, options) : turnText(result);
}

function paragraphText(result: TranscriptResult, options: RenderOptions): string {
  const prefixOf = speakerPrefixer(result, (name) => `${singleLine(name)} `);
  const marked = options.pauseMarks === 'jefferson' ? jeffersonText(result) : plainMarkedText();
  const blocks = paragraphsOf(result).flatMap((paragraph) => {
    const heading = `${prefixOf(paragraph.speaker)}(${readableTime(paragraph.startSeconds)})`;
    const pause = marked.pauseAfter(paragraph.utterances.at(-1)!);
    const block = `${heading}\n${textOf(paragraph, marked)}\n`;
    return pause === '' ? [block] : [block, `${pause}\n`];
  });
  return blocks.join('\n');
}

/** The utterances of a paragraph in a row, with the pauses between them. */
function textOf({ utterances }: Paragraph, marked: ReturnType<typeof jeffersonText>): string {
  const spaced = spacedSentences(utterances.map(({ text }) => text));
  const parts = utterances.flatMap((utterance, index) => {
    const before = utterances[index - 1];
    const pause = before === undefined ? '' : marked.pauseAfter(before);
    const text = marked.utterance(utterance);
    if (pause === '') return [{ text, spaceBefore: spaced[index]!.spaceBefore }];
    return [pause, text].map((part) => ({ text: part, spaceBefore: true }));
  });
  return joinWords(parts.filter(({ text }) => text !== ''));
}

function turnText(result: DiarizationResult): string {
  const nameOf = speakerNamer(result);
  const clock = (seconds: number): string =>
    formatClock(seconds, { hours: true, decimalMark: '.', padded: true });
  return result.turns
    .map(
      (turn) =>
        `${clock(turn.startSeconds)} – ${clock(turn.endSeconds)}  ${singleLine(nameOf(turn.speaker))}\n`,
    )
    .join('');
}
