import { defined } from '../../../core/defined.ts';
import { numberField, type LegacyForm } from './legacy-form.ts';

/**
 * How many speakers, in the options of our tasks: an exact number wins over bounds.
 *
 * @throws InvalidInputError `invalid_option`
 */
export function speakerOptions(fields: LegacyForm['fields']): Record<string, number> {
  const numSpeakers = numberField(fields, 'num_speakers');
  if (numSpeakers !== undefined) return { numSpeakers };
  return defined({
    minSpeakers: numberField(fields, 'min_speakers'),
    maxSpeakers: numberField(fields, 'max_speakers'),
  });
}
