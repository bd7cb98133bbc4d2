import { createHash } from 'node:crypto';
import { InvalidInputError } from '../../errors.ts';

/** At most so many folds; fewer recordings than this have one each. */
const MOST_FOLDS = 5;

/**
 * Which fold each recording belongs to: 0, 1, … Recordings of one group stay together. The fold comes from a hash of the
 * group's name, so that new recordings move few of the others; folds differ by at most one group in size.
 *
 * One recording or one group: a single fold, and nothing to validate with.
 *
 * @param groupPattern recordings whose names match it alike are one group: by what its first parentheses match, or all
 *   of it; without a match a recording is a group of its own
 */
export function assignFolds(
  names: readonly string[],
  seed: number,
  groupPattern?: RegExp,
): ReadonlyMap<string, number> {
  const groupOf = (name: string): string => {
    const match = groupPattern === undefined ? null : groupPattern.exec(name);
    return match === null ? `recording ${name}` : `group ${match[1] ?? match[0]}`;
  };
  const groups = [...new Set(names.map(groupOf))].sort((a, b) => {
    const [first, second] = [hashOf(a, seed), hashOf(b, seed)];
    return first < second ? -1 : first > second ? 1 : 0;
  });
  const foldCount = Math.min(MOST_FOLDS, groups.length);
  const foldOf = new Map(
    groups.map((group, rank) => [group, Math.floor((rank * foldCount) / groups.length)]),
  );
  return new Map(names.map((name) => [name, foldOf.get(groupOf(name))!]));
}

function hashOf(text: string, seed: number): string {
  return createHash('sha256').update(`${seed}\n${text}`).digest('hex');
}

/** @throws InvalidInputError `invalid_option` for what is no regular expression */
export function groupPattern(text: string): RegExp {
  try {
    return new RegExp(text, 'u');
  } catch (cause) {
    throw new InvalidInputError(
      'invalid_option',
      `--group takes a regular expression, got ${JSON.stringify(text.slice(0, 80))}.`,
      { details: { option: '--group' }, cause },
    );
  }
}
