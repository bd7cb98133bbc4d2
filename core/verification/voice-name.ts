import { InvalidInputError } from '../errors.ts';

const MAX_CHARACTERS = 128;

/**
 * Checks the name of a voice and gives its one form (Unicode NFC), so that two ways of typing it mean one voice.
 *
 * @throws InvalidInputError `invalid_option` for an empty name, more than 128 characters, slashes, control characters,
 *   `.` and `..`, a leading dot, and space at either end
 */
export function voiceName(name: string): string {
  const normal = name.normalize('NFC');
  const fault = faultOf(normal);
  if (fault === undefined) return normal;
  throw new InvalidInputError(
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
  if (name !== name.trim()) return 'it has space at an end';
  return undefined;
}
