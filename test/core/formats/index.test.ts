import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatNames, formatOf, OUTPUT_FORMATS, renderResult } from '../../../core/formats/index.ts';
import { readResultJson } from '../../../core/formats/json.ts';

const turns = readResultJson(
  readFileSync(new URL('../../golden/formats/turns.json', import.meta.url), 'utf8'),
);

describe('the table of formats', () => {
  it.each(['yaml', '__proto__', 'toString', ''])(
    'rejects the unknown format %j and names the known ones',
    (name) => {
      expect(() => formatOf(name)).toThrow(
        expect.objectContaining({
          code: 'invalid_option',
          message: expect.stringContaining('json, text, markdown'),
        }),
      );
    },
  );

  it('gives every format an ending of its own where files stand side by side', () => {
    const extensions = Object.values(OUTPUT_FORMATS).map((format) => format.extension);
    expect(new Set(extensions).size).toBe(extensions.length);
  });

  it('makes every format of turns from a recording without speech', async () => {
    const silence = { ...turns, speakers: [], turns: [], exclusiveTurns: [] };
    for (const name of formatNames('turns')) {
      expect(await renderResult(silence, name), name).toBeDefined();
    }
  });
});
