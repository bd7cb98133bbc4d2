import { InvalidInputError } from '../errors.ts';
import type { DiarizationResult } from '../result/result.ts';

/**
 * The result with names for its speakers. Labels stay, so that a second renaming finds them; every format shows the
 * names.
 *
 * @param names label → name
 * @throws InvalidInputError `invalid_option` for a label that the result does not have, and for an empty name
 */
export function renameSpeakers<T extends DiarizationResult>(
  result: T,
  names: ReadonlyMap<string, string>,
): T {
  const labels = result.speakers.map((speaker) => speaker.label);
  for (const [label, name] of names) {
    if (!labels.includes(label)) {
      throw new InvalidInputError(
        'invalid_option',
        `Expected a speaker out of ${labels.join(', ') || 'none'} to rename, got ${JSON.stringify(label)}.`,
      );
    }
    if (name.trim() === '') {
      throw new InvalidInputError('invalid_option', `Expected a name for the speaker ${label}, got none.`);
    }
  }
  const speakers = result.speakers.map((speaker) => {
    const name = names.get(speaker.label);
    return name === undefined ? speaker : { ...speaker, name: name.trim() };
  });
  return { ...result, speakers };
}

/**
 * Names the speakers that are there. For names given before the work: a label that nobody has is told by a warning
 * in the result, because it is no reason to lose all that was found.
 *
 * @throws InvalidInputError `invalid_option` for an empty name
 */
export function renameKnownSpeakers<T extends DiarizationResult>(
  result: T,
  names: ReadonlyMap<string, string>,
): T {
  const labels = result.speakers.map(({ label }) => label);
  const known = [...names].filter(([label]) => labels.includes(label));
  const named = renameSpeakers(result, new Map(known));
  if (known.length === names.size) return named;
  const message = `Names were given for speakers that are not there; the recording has ${labels.join(', ') || 'none'}.`;
  return { ...named, warnings: [...named.warnings, { code: 'unknown_speaker', message }] };
}

/**
 * Names of speakers as an option gives them: `SPEAKER_00=Ana,SPEAKER_01=Ben`, or a JSON object.
 *
 * @throws InvalidInputError `invalid_option` where it is neither, or names a speaker twice
 */
export function parseSpeakerNames(text: string): Map<string, string> {
  const entries = text.trimStart().startsWith('{') ? jsonEntries(text) : listEntries(text);
  const names = new Map<string, string>();
  for (const [label, name] of entries) {
    if (names.has(label))
      throw new InvalidInputError('invalid_option', `The speaker ${label} is named twice.`);
    names.set(label, name);
  }
  return names;
}

function listEntries(text: string): [string, string][] {
  return text.split(',').map((entry) => {
    const border = entry.indexOf('=');
    if (border < 1) throw malformed();
    return [entry.slice(0, border).trim(), entry.slice(border + 1).trim()];
  });
}

function jsonEntries(text: string): [string, string][] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw malformed(cause);
  }
  return Object.entries(value as object).map(([label, name]) => {
    if (typeof name !== 'string') throw malformed();
    return [label, name];
  });
}

function malformed(cause?: unknown): InvalidInputError {
  return new InvalidInputError(
    'invalid_option',
    'Expected speaker names such as SPEAKER_00=Ana,SPEAKER_01=Ben or the JSON object {"SPEAKER_00": "Ana"}.',
    { cause },
  );
}
