import { describe, expect, it } from 'vitest';
import { readUem, writeUem } from '../../../../core/formats/annotations/uem.ts';

describe('UEM', () => {
  it('gives back the regions of each recording', () => {
    const regions = [
      { startSeconds: 0, endSeconds: 1.5 },
      { startSeconds: 2, endSeconds: 3600.125 },
    ];
    const text = `;; comment\n${writeUem(regions, 'a')}${writeUem(regions.slice(1), 'b c')}`;
    expect([...readUem(text)]).toEqual([
      ['a', regions],
      ['b_c', regions.slice(1)],
    ]);
  });

  it.each([
    ['a 1 0', '4 fields'],
    ['a 1 0 1 2', '4 fields'],
    ['a 1 x 1', 'the start'],
    ['a 1 0 Infinity', 'the end'],
    ['a 1 5 4', 'not before the start'],
  ])('names the line of %j', (line, expected) => {
    expect(() => readUem(`a 1 0 1\n${line}`)).toThrow(
      expect.objectContaining({
        code: 'invalid_file',
        message: expect.stringMatching(`line 2.*${expected}`),
      }),
    );
  });
});
