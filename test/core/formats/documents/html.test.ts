import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { renderHtml } from '../../../../core/formats/documents/html.ts';
import { readResultJson } from '../../../../core/formats/json.ts';
import type { TranscriptResult } from '../../../../core/result/result.ts';

const path = new URL('../../../golden/formats/transcript.json', import.meta.url);
const result = readResultJson(readFileSync(path, 'utf8')) as TranscriptResult;

it('writes a page with a section for each speaker in turn', () => {
  const html = renderHtml(result, { title: 'Team & friends' });
  expect(html).toContain('<html lang="en">');
  expect(html).toContain('<h1>Team &amp; friends</h1>');
  expect([...html.matchAll(/<h2>([^<]*) <time/g)].map((match) => match[1])).toEqual([
    'Ana &lt;A&amp;B&gt;',
    'SPEAKER_01',
    'UNKNOWN',
  ]);
  expect(html).toContain('Hello there, how <mark>are</mark> <mark>you?</mark>');
});

it('loads nothing and forbids loading', () => {
  const html = renderHtml(result);
  expect(html).toContain(`default-src 'none'`);
  expect(html).not.toMatch(/<(?:script|link|img|iframe)|@import|url\(/i);
});
