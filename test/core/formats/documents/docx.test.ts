import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { renderDocx } from '../../../../core/formats/documents/docx.ts';
import { readResultJson } from '../../../../core/formats/json.ts';
import type { TranscriptResult } from '../../../../core/result/result.ts';

const path = new URL('../../../golden/formats/transcript.json', import.meta.url);
const result = readResultJson(readFileSync(path, 'utf8')) as TranscriptResult;

/** One member of a zip archive, found by its central directory. */
function memberOf(archive: Buffer, name: string): string {
  for (let at = archive.indexOf('PK\u0001\u0002'); at >= 0; at = archive.indexOf('PK\u0001\u0002', at + 4)) {
    const nameLength = archive.readUInt16LE(at + 28);
    if (archive.toString('utf8', at + 46, at + 46 + nameLength) !== name) continue;
    const [method, size, local] = [
      archive.readUInt16LE(at + 10),
      archive.readUInt32LE(at + 20),
      archive.readUInt32LE(at + 42),
    ];
    const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const data = archive.subarray(start, start + size);
    return (method === 0 ? data : inflateRawSync(data)).toString('utf8');
  }
  throw new Error(`${name} is not in the archive`);
}

it('writes a Word document with title, speakers and text', async () => {
  const archive = Buffer.from(await renderDocx(result, { title: 'Team & friends' }));
  const document = memberOf(archive, 'word/document.xml');
  const texts = [...document.matchAll(/<w:t[^>]*>([^<]*)<\/w:t>/g)].map((match) => match[1]);
  expect(texts).toEqual([
    'Team &amp; friends',
    'Ana &lt;A&amp;B&gt;  ',
    '0:00',
    'Hello there, how are you?',
    'SPEAKER_01  ',
    '0:03',
    '=2 + 2 &quot;is&quot; --&gt; &lt;four&gt; &amp; more.',
    'UNKNOWN  ',
    '0:10',
    'Right.',
  ]);
});
