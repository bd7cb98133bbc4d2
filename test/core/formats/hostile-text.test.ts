import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatNames, renderResult } from '../../../core/formats/index.ts';
import { readResults } from '../../../core/formats/readers.ts';
import { anyTranscript, awkwardText } from '../../support/any-transcript.ts';

/** Formats that are read back, by file ending. */
const READABLE: Readonly<Record<string, string>> = {
  json: 'json',
  rttm: 'rttm',
  stm: 'stm',
  ctm: 'ctm',
  seglst: 'json',
  srt: 'srt',
  vtt: 'vtt',
  textgrid: 'TextGrid',
};

describe('text and names that nobody would wish for', () => {
  it.each(formatNames('words').filter((name) => name !== 'docx'))(
    'are written by %s and readable again',
    async (name) => {
      await fc.assert(
        fc.asyncProperty(anyTranscript(awkwardText), async (result) => {
          // Text without timed words is no CTM.
          fc.pre(name !== 'ctm' || result.utterances.every(({ words }) => words.length > 0));
          const text = (await renderResult(result, name, {
            recordingId: 'a b',
            title: '<x>\u0000',
          })) as string;
          const extension = READABLE[name];
          if (extension !== undefined) expect(() => readResults(text, extension)).not.toThrow();
          if (['html', 'svg', 'elan'].includes(name)) expectNoForeignMarkup(text);
        }),
        { numRuns: 40 },
      );
    },
  );

  it.each(['json', 'rttm', 'stm', 'ctm', 'srt', 'vtt', 'textgrid'])(
    'give a typed error or a result as %s',
    (extension) => {
      const start: Readonly<Record<string, string>> = {
        vtt: 'WEBVTT\n\n',
        json: '[',
        textgrid: '"ooTextFile" "TextGrid" ',
      };
      fc.assert(
        fc.property(
          fc.array(fc.oneof(awkwardText, fc.constantFrom(' ', '\n', '1', '0.5', '{}', '"a"'))),
          (parts) => {
            try {
              readResults((start[extension] ?? '') + parts.join(''), extension);
            } catch (error) {
              expect(error).toMatchObject({ code: 'invalid_file' });
            }
          },
        ),
      );
    },
  );
});

/** Every tag is one that the renderers write, and nothing forbidden in XML is left. */
function expectNoForeignMarkup(text: string): void {
  expect(text).not.toMatch(/[\u0000-\u0008\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
  expect(text).not.toMatch(/<(?:v|\/v|!--|i|script)[\s>]/i);
}
