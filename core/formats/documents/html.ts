import type { TranscriptResult, Utterance } from '../../result/result.ts';
import { joinWords, spacedSentences, spacedWords } from '../../text/join-words.ts';
import { formatFixed } from '../writing/fixed-decimal.ts';
import { readableTime } from '../writing/clock.ts';
import { paragraphsOf } from './paragraphs.ts';
import { speakerPrefixer, titleOf, type RenderOptions } from '../render-options.ts';
import { singleLine } from '../writing/single-line.ts';
import { speakerColour } from './speaker-colours.ts';
import { timelineWithoutHeading } from './svg-timeline.ts';
import { escapeXml } from '../writing/xml.ts';

const STYLE = `
:root { color-scheme: light dark; --text: #1c2430; --soft: #5d6878; --line: #d5dbe3; --page: #ffffff }
@media (prefers-color-scheme: dark) { :root { --text: #e8edf4; --soft: #97a3b4; --line: #2c3541; --page: #12161c } }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 46rem; background: var(--page); color: var(--text);
  font: 16px/1.6 ui-sans-serif, system-ui, sans-serif }
h1 { font-size: 1.5rem } .soft { color: var(--soft) } svg { width: 100%; height: auto; border-radius: 8px }
section { margin: 1.25rem 0; padding-left: .9rem; border-left: 3px solid var(--speaker) }
h2 { margin: 0; font-size: 1rem } time { font-weight: 400; color: var(--soft); font-variant-numeric: tabular-nums }
p { margin: .2rem 0; overflow-wrap: anywhere } mark { background: none; border-bottom: 2px dotted var(--soft); color: inherit }
@media print { body { max-width: none; padding: 0 } section { break-inside: avoid } }
`;

/**
 * A page to read, print and send: timeline, speakers, text. Self-contained, without scripts; nothing is loaded, and a
 * policy in the page keeps it so. Speech at the same time as another speaker's is dotted.
 */
export function renderHtml(result: TranscriptResult, options: RenderOptions = {}): string {
  const title = titleOf(options);
  const labels = result.speakers.map((speaker) => speaker.label);
  const prefixOf = speakerPrefixer(result, (name) => `${escapeXml(singleLine(name))} `);
  const sections = paragraphsOf(result).map(({ speaker, startSeconds, utterances }) => {
    const colour = speaker === null ? 'var(--soft)' : speakerColour(Math.max(0, labels.indexOf(speaker)));
    return [
      `<section style="--speaker: ${colour}">`,
      `<h2>${prefixOf(speaker)}<time datetime="PT${formatFixed(startSeconds, 3)}S">${readableTime(startSeconds)}</time></h2>`,
      `<p dir="auto">${paragraphHtml(utterances)}</p>`,
      '</section>',
    ].join('\n');
  });
  const language = /^[a-z]{2,3}(?:-[A-Za-z0-9]+)*$/.test(result.language ?? '')
    ? ` lang="${result.language!}"`
    : '';
  return [
    '<!doctype html>',
    `<html${language}>`,
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>${escapeXml(title)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    `<h1>${escapeXml(title)}</h1>`,
    timelineWithoutHeading(result, title).trimEnd(),
    ...sections,
    '</body>',
    '</html>\n',
  ].join('\n');
}

function paragraphHtml(utterances: readonly Utterance[]): string {
  const spaced = spacedSentences(utterances.map(({ text }) => text));
  return joinWords(
    utterances.map((utterance, index) => ({
      text: utteranceHtml(utterance),
      spaceBefore: spaced[index]!.spaceBefore,
    })),
  );
}

function utteranceHtml(utterance: Utterance): string {
  if (utterance.words.length === 0) {
    const text = escapeXml(singleLine(utterance.text));
    return utterance.overlapped ? `<mark>${text}</mark>` : text;
  }
  return joinWords(
    spacedWords(utterance.words).map(({ text, overlapped, spaceBefore }) => {
      const escaped = escapeXml(singleLine(text));
      return { text: overlapped ? `<mark>${escaped}</mark>` : escaped, spaceBefore };
    }),
  );
}
