import type { TranscriptResult } from '../../result/result.ts';
import { joinSentences } from '../../text/join-words.ts';
import { readableTime } from '../writing/clock.ts';
import { paragraphsOf } from './paragraphs.ts';
import { speakerPrefixer, titleOf, type RenderOptions } from '../render-options.ts';
import { singleLine } from '../writing/single-line.ts';

/**
 * A transcript for notes: a title, then a paragraph for each speaker in turn. Everything that Markdown would take for
 * markup is escaped.
 *
 * @see https://spec.commonmark.org/0.31.2/
 */
export function renderMarkdown(result: TranscriptResult, options: RenderOptions = {}): string {
  const prefixOf = speakerPrefixer(result, (name) => `**${escapeMarkdown(name)}** `);
  const paragraphs = paragraphsOf(result).map(({ speaker, startSeconds, utterances }) => {
    const text = joinSentences(utterances.map((utterance) => escapeMarkdown(utterance.text)));
    return `${prefixOf(speaker)}(${readableTime(startSeconds)}): ${text}\n`;
  });
  return [`# ${escapeMarkdown(titleOf(options))}\n`, ...paragraphs].join('\n');
}

/** Any ASCII punctuation may be escaped by a backslash; those that mean something inside a paragraph are. */
function escapeMarkdown(text: string): string {
  return singleLine(text).replace(/[\\`*_{}[\]<>#|~&!]/g, '\\$&');
}
