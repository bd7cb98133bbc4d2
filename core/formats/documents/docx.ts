import { DependencyError } from '../../errors.ts';
import type { TranscriptResult } from '../../result/result.ts';
import { joinSentences } from '../../text/join-words.ts';
import { readableTime } from '../writing/clock.ts';
import { paragraphsOf } from './paragraphs.ts';
import { speakerPrefixer, titleOf, type RenderOptions } from '../render-options.ts';
import { singleLine } from '../writing/single-line.ts';

/** Colour of times, as hexadecimal without the sign. */
const SOFT = '6b7480';

/**
 * A Word document: title, then a paragraph for each speaker in turn.
 *
 * @throws DependencyError `dependency_missing` where the optional package `docx` is not installed
 */
export async function renderDocx(result: TranscriptResult, options: RenderOptions = {}): Promise<Uint8Array> {
  const { Document, HeadingLevel, Packer, Paragraph, TextRun } = await loadDocx();
  const prefixOf = speakerPrefixer(result, (name) => `${documentText(name)}  `);
  const paragraphs = paragraphsOf(result).map(({ speaker, startSeconds, utterances }) => {
    const text = joinSentences(utterances.map((utterance) => documentText(utterance.text)));
    const name = { text: prefixOf(speaker), bold: true };
    return new Paragraph({
      spacing: { after: 160 },
      children: [
        new TextRun(name),
        new TextRun({ text: readableTime(startSeconds), color: SOFT, size: 18 }),
        new TextRun({ text, break: 1 }),
      ],
    });
  });
  const title = documentText(titleOf(options));
  const document = new Document({
    title,
    creator: 'Colloquy',
    sections: [
      { children: [new Paragraph({ text: title, heading: HeadingLevel.HEADING_1 }), ...paragraphs] },
    ],
  });
  return new Uint8Array(await Packer.toArrayBuffer(document));
}

async function loadDocx() {
  try {
    return await import('docx');
  } catch (cause) {
    throw new DependencyError(
      'dependency_missing',
      'Expected the optional package docx for Word documents; install it with: npm install docx@9.5',
      { cause },
    );
  }
}

/** Characters that XML cannot hold would make the document unreadable. */
function documentText(text: string): string {
  return singleLine(text).replace(/[\uFFFE\uFFFF\p{Cs}]/gu, '\uFFFD');
}
