import { describe, expect, it } from 'vitest';
import { formatTable, megabytes } from '../../../../handlers/cli/models/table.ts';

describe('formatTable', () => {
  const rows = [
    { id: 'a', note: 'first' },
    { id: 'long', note: 'x' },
  ];

  it('pads all columns but the last', () => {
    expect(formatTable('table', rows, ({ id, note }) => [id, note])).toBe('a     first\nlong  x\n');
    expect(formatTable('table', [], () => [])).toBe('');
  });

  it('gives the rows themselves as JSON', () => {
    expect(JSON.parse(formatTable('json', rows, () => []))).toEqual(rows);
  });
});

describe('megabytes', () => {
  it.each([
    [5_701_409, '5.7 MB'],
    [251_000_000, '251 MB'],
    [null, '? MB'],
  ])('%s is %s', (bytes, text) => {
    expect(megabytes(bytes)).toBe(text);
  });
});
