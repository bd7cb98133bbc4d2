import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readResultJson } from '../../../../core/formats/json.ts';
import { renderSvgTimeline } from '../../../../core/formats/documents/svg-timeline.ts';
import type { DiarizationResult } from '../../../../core/result/result.ts';

const result = readResultJson(
  readFileSync(new URL('../../../golden/formats/turns.json', import.meta.url), 'utf8'),
);

function countOf(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].length;
}

describe('renderSvgTimeline', () => {
  it('draws a lane for each speaker and a bar for each turn, where its time is', () => {
    const svg = renderSvgTimeline(result, { title: 'A & B' });
    expect(countOf(svg, /class="lane"/g)).toBe(2);
    expect(countOf(svg, /rx="2"><title>/g)).toBe(3);
    // Plot from 214, 762 wide, 12.5 s: 0.5 s lies at 214 + 762 × 0.04, 3.5 s are 762 × 0.28 wide.
    expect(svg).toContain(
      '<rect x="244.48" y="59" width="213.36" height="20" rx="2"><title>Ana &lt;A&amp;B&gt; 0:00 – 0:04',
    );
    expect(svg).toContain('<title id="title">A &amp; B</title>');
    expect(svg).toContain('2 speakers, 0:12');
    expect(svg).toContain('0:05 · 44 %');
    expect(svg).toContain('prefers-color-scheme: dark');
  });

  it('marks the time axis in round steps', () => {
    const labels = [...renderSvgTimeline(result).matchAll(/text-anchor="middle">([^<]*)</g)].map(
      (match) => match[1],
    );
    expect(labels).toEqual(['0:00', '0:02', '0:04', '0:06', '0:08', '0:10', '0:12']);
  });

  it('loads nothing and runs nothing', () => {
    const hostile: DiarizationResult = {
      ...result,
      speakers: [{ label: '"><script>alert(1)</script>\u0000\uD800', speakingSeconds: 1, turnCount: 0 }],
    };
    const svg = renderSvgTimeline(hostile, { title: '</title><image href="http://x"/>' });
    expect(svg).not.toMatch(/<script|<image|\u0000|\uD800(?![\uDC00-\uDFFF])/);
    expect(svg).not.toMatch(/<[^>]*(?:href|url\()/);
  });

  it('draws an empty recording', () => {
    const svg = renderSvgTimeline({ ...result, durationSeconds: 0, speakers: [], turns: [] });
    expect(svg).toContain('0 speakers, 0:00');
    expect(svg).not.toContain('NaN');
  });
});
