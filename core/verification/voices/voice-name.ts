import { InvalidInputError } from '../../errors.ts';

const MAX_CHARACTERS = 128;

/** What a recording's unknown speakers are called: a voice of that name could not be told from a stranger. */
const STRANGER = /^SPEAKER_\d+$/;

/**
 * Refuses names that would make two speakers of a result look like one: a name that comes twice, and labels of
 * strangers.
 *
 * @throws InvalidInputError `invalid_option`
 */
export function checkDistinctNames(names: readonly string[]): void {
  const known = new Set<string>();
  for (const name of names) {
    if (STRANGER.test(name)) throw nameFault(name, 'unknown speakers are called so');
    if (known.has(name))
      throw new InvalidInputError('invalid_option', `The voice ${JSON.stringify(name)} comes twice.`);
    known.add(name);
  }
}

/**
 * Checks the name of a voice and gives its one form (Unicode NFC), so that two ways of typing it mean one voice.
 *
 * @throws InvalidInputError `invalid_option` for an empty name, more than 128 characters, slashes, control characters,
 *   `.` and `..`, a leading dot, space at either end, and `SPEAKER_00` and its kin
 */
export function voiceName(name: string): string {
  const normal = name.normalize('NFC');
  const fault = faultOf(normal);
  if (fault === undefined) return normal;
  throw nameFault(name, fault);
}

function nameFault(name: string, fault: string): InvalidInputError {
  return new InvalidInputError(
    'invalid_option',
    `The name ${JSON.stringify(name.slice(0, MAX_CHARACTERS))} cannot be that of a voice: ${fault}.`,
    { details: { option: 'name' } },
  );
}

function faultOf(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (name.length > MAX_CHARACTERS) return `it is longer than ${MAX_CHARACTERS} characters`;
  if (/[/\\]/.test(name)) return 'it has a slash';
  if (/\p{Cc}|\p{Cs}/u.test(name)) return 'it has a control character';
  if (name.startsWith('.')) return 'it begins with a dot';
  if (STRANGER.test(name)) return 'unknown speakers are called so';
  if (name !== name.trim()) return 'it has space at an end';
  return undefined;
}
