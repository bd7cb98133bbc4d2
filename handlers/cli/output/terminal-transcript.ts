import type { RenderOptions } from '../../../core/formats/render-options.ts';
import { speakerNamer } from '../../../core/formats/render-options.ts';
import { singleLine } from '../../../core/formats/writing/single-line.ts';
import { renderText } from '../../../core/formats/documents/text.ts';
import type { TranscriptResult } from '../../../core/result/result.ts';
import { colourOf } from './terminal-timeline.ts';

/** A transcript for people: paragraphs under speaker and time, each speaker in a colour where colours are wanted. */
export function renderTranscriptForTerminal(
  result: TranscriptResult,
  { colour, ...options }: RenderOptions & { readonly colour: boolean },
): string {
  if (result.utterances.length === 0) return '(no speech)\n';
  const text = renderText(result, options);
  if (!colour) return text;
  const nameOf = speakerNamer(result);
  const colours = new Map(
    result.speakers.map(({ label }) => [singleLine(nameOf(label)), colourOf(result, label)]),
  );
  // A paragraph is a line with name and time, and a line of text.
  return text.replace(/^(.+)( \([\d:]+\))(?=\n.)/gm, (line, name: string, time: string) => {
    const code = colours.get(name);
    return code === undefined ? line : `\u001b[1;${code}m${name}\u001b[0m\u001b[2m${time}\u001b[0m`;
  });
}
