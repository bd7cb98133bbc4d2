import { expect, it } from 'vitest';
import { renderCsv, writeCsv } from '../../../../core/formats/tables/csv.ts';
import { resultFromTurns } from '../../../../core/transcript/result-from-segments.ts';

it('quotes what would break the table', () => {
  expect(writeCsv([['a,b', 'say "hi"', 'two\nlines', 'plain', 1.5]])).toBe(
    '"a,b","say ""hi""","two\nlines",plain,1.5\r\n',
  );
});

it('keeps spreadsheets from running a text as a formula', () => {
  const texts = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', 'a=1'];
  expect(writeCsv([texts])).toBe(`'=1+1,'+1,'-1,'@SUM(A1),'\t=1,"'\r=1",a=1\r\n`);
});

it('keeps control characters of names and text out of the cells', () => {
  const result = resultFromTurns([{ startSeconds: 0, endSeconds: 1, speaker: 'A\u0000\u001b[31m\tB\nC' }]);
  expect(renderCsv(result).split('\r\n')[1]).toBe('0.000,1.000,A [31m B C,');
});
