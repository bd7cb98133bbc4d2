import { describe, expect, it } from 'vitest';
import { terminalColumns, usesColour } from '../../../handlers/cli/context.ts';
import { readConfig } from '../../../handlers/setup/config.ts';

function surroundings(environment: Record<string, string>, isTTY: boolean) {
  return { config: readConfig(environment), stdout: { isTTY, columns: 132 } };
}

describe('usesColour', () => {
  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ TERM: 'dumb' }, true, false],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
  ])('with %j on a terminal: %s is %s', (environment, isTTY, expected) => {
    expect(usesColour(surroundings(environment, isTTY))).toBe(expected);
  });
});

describe('columnsOf', () => {
  it('asks the terminal, then COLUMNS', () => {
    expect(terminalColumns(surroundings({ COLUMNS: '60' }, true))).toBe(132);
    expect(terminalColumns(surroundings({ COLUMNS: '60' }, false))).toBe(60);
    expect(terminalColumns(surroundings({ COLUMNS: 'wide' }, false))).toBeUndefined();
    const unsized = { ...surroundings({}, true), stdout: { isTTY: true, columns: 0 } };
    expect(terminalColumns(unsized)).toBeUndefined();
  });
});
