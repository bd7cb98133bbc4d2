import { expect, it } from 'vitest';
import { writeCsv } from '../../../core/formats/csv.ts';

it('quotes what would break the table', () => {
  expect(writeCsv([['a,b', 'say "hi"', 'two\nlines', 'plain', 1.5]])).toBe(
    '"a,b","say ""hi""","two\nlines",plain,1.5\r\n',
  );
});

it('keeps spreadsheets from running a text as a formula', () => {
  const texts = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', 'a=1'];
  expect(writeCsv([texts])).toBe(`'=1+1,'+1,'-1,'@SUM(A1),'\t=1,"'\r=1",a=1\r\n`);
});
