import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readResultJson } from '../../../../core/formats/json.ts';
import { renderText } from '../../../../core/formats/documents/text.ts';

const folder = new URL('../../../golden/formats/', import.meta.url);
const result = readResultJson(readFileSync(new URL('transcript.json', folder), 'utf8'));

it('marks pauses and overlap in the manner of Jefferson on request', () => {
  const golden = readFileSync(new URL('transcript.jefferson.txt', folder), 'utf8');
  expect(renderText(result, { pauseMarks: 'jefferson' })).toBe(golden);
});
