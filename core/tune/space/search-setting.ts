import * as z from 'zod';
import { InvalidInputError } from '../../errors.ts';
import type { ResolutionOptions } from '../../resolution/resolution-options.ts';
import type { Distribution } from '../tpe/distribution.ts';
import { withSettings } from '../../resolution/settings.ts';

/** A setting that may be tuned, where it lies in the options of resolution, and the values that it may take. */
export type SearchSetting = Distribution & {
  /** Such as `clustering.threshold`. */
  readonly path: string;
};

/** What is searched, in the order in which values are drawn. */
export type SearchSpace = readonly SearchSetting[];

const number = z.number().refine(Number.isFinite, 'expected a finite number');
const numeric = {
  path: z.string().max(100),
  low: number,
  high: number,
  log: z.boolean().optional(),
  step: number.positive().optional(),
};
const settingSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('float'), ...numeric }),
  z.strictObject({ kind: z.literal('int'), ...numeric }),
  z.strictObject({
    kind: z.literal('categorical'),
    path: z.string().max(100),
    choices: z
      .array(z.union([number, z.string().max(100), z.boolean()]))
      .min(2)
      .max(100),
  }),
]);
export const searchSpaceSchema = z.array(settingSchema).min(1).max(50);

/**
 * Checks a search space that somebody wrote.
 *
 * @param where what the text is, for the message
 * @throws InvalidInputError `invalid_option` for what is no space, for unknown settings and for bounds that make none
 */
export function checkSearchSpace(value: unknown, options: ResolutionOptions, where: string): SearchSpace {
  const parsed = searchSpaceSchema.safeParse(value);
  if (!parsed.success) throw invalid(`${where} is no search space: ${z.prettifyError(parsed.error)}`);
  const seen = new Set<string>();
  for (const setting of parsed.data) {
    if (seen.has(setting.path)) throw invalid(`${where} has ${setting.path} twice`);
    seen.add(setting.path);
    const ends = setting.kind === 'categorical' ? setting.choices : [setting.low, setting.high];
    // Names an unknown setting, and what is out of its range.
    for (const end of ends) withSettings(options, { [setting.path]: end });
    if (setting.kind === 'categorical') continue;
    const { path, low, high, log, step } = setting;
    if (low >= high) throw invalid(`${where} has ${path} from ${low} to ${high}, which is no range`);
    if (log === true && low <= 0) throw invalid(`${where} searches ${path} in logarithms from ${low}`);
    if (
      setting.kind === 'int' &&
      !(Number.isInteger(low) && Number.isInteger(high) && Number.isInteger(step ?? 1))
    ) {
      throw invalid(`${where} has whole numbers of ${path} from ${low} to ${high}`);
    }
  }
  return parsed.data;
}

function invalid(what: string): InvalidInputError {
  return new InvalidInputError('invalid_option', `${what}.`, { details: { option: 'space' } });
}
