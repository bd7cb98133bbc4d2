import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatNames, OUTPUT_FORMATS, renderResult } from '../../../core/formats/index.ts';
import { readResultJson } from '../../../core/formats/json.ts';

const folder = new URL('../../golden/formats/', import.meta.url);
const OPTIONS = { recordingId: 'team meeting' };

/** The formats whose golden file is looked at by other means than equality. */
const NOT_BYTE_FOR_BYTE = new Set(['svg', 'html', 'docx']);

function golden(name: string): string {
  return readFileSync(new URL(name, folder), 'utf8');
}

describe.each([
  { input: 'turns' as const, source: 'turns' },
  { input: 'words' as const, source: 'transcript' },
])('formats made from $source', ({ input, source }) => {
  const result = readResultJson(golden(`${source}.json`));
  const names = formatNames(input).filter((name) => !NOT_BYTE_FOR_BYTE.has(name));
  it.each(names)('%s equals the file made by hand', async (name) => {
    const rendered = await renderResult(result, name, OPTIONS);
    expect(rendered).toBe(golden(`${source}.${OUTPUT_FORMATS[name].extension}`));
  });
});
