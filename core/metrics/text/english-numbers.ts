/** A count with the ending that makes it a plural or ordinal: sixes, third, twentieth, millions. */
export type SuffixedNumber = readonly [value: bigint, suffix: string];

const ONE_NAMES = (
  'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen ' +
  'eighteen nineteen'
).split(' ');
const TEN_NAMES = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const LARGE_NAMES = 'thousand million billion trillion quadrillion quintillion sextillion septillion octillion nonillion decillion'.split(' '); // prettier-ignore

export const ZEROS: ReadonlySet<string> = new Set(['o', 'oh', 'zero']);

/** one … nineteen */
export const ONES: ReadonlyMap<string, bigint> = new Map(
  ONE_NAMES.map((name, index) => [name, BigInt(index + 1)]),
);

/** twenty … ninety */
export const TENS: ReadonlyMap<string, bigint> = new Map(
  TEN_NAMES.map((name, index) => [name, BigInt(10 * (index + 2))]),
);

/** hundred … decillion */
export const MULTIPLIERS: ReadonlyMap<string, bigint> = new Map([
  ['hundred', 100n],
  ...LARGE_NAMES.map((name, index): [string, bigint] => [name, 1000n ** BigInt(index + 1)]),
]);

const IRREGULAR_ORDINALS: ReadonlyMap<string, SuffixedNumber> = new Map([
  ['zeroth', [0n, 'th']],
  ['first', [1n, 'st']],
  ['second', [2n, 'nd']],
  ['third', [3n, 'rd']],
  ['fifth', [5n, 'th']],
  ['twelfth', [12n, 'th']],
]);
const REGULAR_ORDINALS = [...ONES].filter(([, value]) => value > 3n && value !== 5n && value !== 12n);

export const ONES_SUFFIXED: ReadonlyMap<string, SuffixedNumber> = new Map([
  ...suffixed(ONES, 's', (name) => (name === 'six' ? 'sixes' : `${name}s`)),
  ...IRREGULAR_ORDINALS,
  ...suffixed(REGULAR_ORDINALS, 'th', (name) => (name.endsWith('t') ? `${name}h` : `${name}th`)),
]);

export const TENS_SUFFIXED: ReadonlyMap<string, SuffixedNumber> = new Map([
  ...suffixed(TENS, 's', (name) => name.replace('y', 'ies')),
  ...suffixed(TENS, 'th', (name) => name.replace('y', 'ieth')),
]);

export const MULTIPLIERS_SUFFIXED: ReadonlyMap<string, SuffixedNumber> = new Map([
  ...suffixed(MULTIPLIERS, 's', (name) => `${name}s`),
  ...suffixed(MULTIPLIERS, 'th', (name) => `${name}th`),
]);

/** Words that may follow "point". */
export const DECIMALS: ReadonlySet<string> = new Set([...ONES.keys(), ...TENS.keys(), ...ZEROS]);

/** Signs that stand before their number, also when spoken. */
export const PRECEDING_PREFIXES: ReadonlyMap<string, string> = new Map([
  ['minus', '-'],
  ['negative', '-'],
  ['plus', '+'],
  ['positive', '+'],
]);

/** Signs that are spoken after their number. */
export const FOLLOWING_PREFIXES: ReadonlyMap<string, string> = new Map([
  ['pound', '£'],
  ['pounds', '£'],
  ['euro', '€'],
  ['euros', '€'],
  ['dollar', '$'],
  ['dollars', '$'],
  ['cent', '¢'],
  ['cents', '¢'],
]);

export const PREFIX_SIGNS: ReadonlySet<string> = new Set([
  ...PRECEDING_PREFIXES.values(),
  ...FOLLOWING_PREFIXES.values(),
]);

/** Every word that can be part of a number. */
export const NUMBER_WORDS: ReadonlySet<string> = new Set([
  ...ZEROS,
  ...ONES.keys(),
  ...ONES_SUFFIXED.keys(),
  ...TENS.keys(),
  ...TENS_SUFFIXED.keys(),
  ...MULTIPLIERS.keys(),
  ...MULTIPLIERS_SUFFIXED.keys(),
  ...PRECEDING_PREFIXES.keys(),
  ...FOLLOWING_PREFIXES.keys(),
  'per',
  'percent',
  'and',
  'double',
  'triple',
  'point',
]);

function suffixed(
  numbers: Iterable<readonly [string, bigint]>,
  suffix: string,
  inflect: (name: string) => string,
): [string, SuffixedNumber][] {
  return Array.from(numbers, ([name, value]) => [inflect(name), [value, suffix]]);
}
