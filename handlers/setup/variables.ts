/** Environment variables as values; one that is empty or blank counts as not set. */
import { DependencyError } from '../../core/errors.ts';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Text without spaces around it. */
export function variableText(environment: Environment, name: string): string | undefined {
  const text = environment[name]?.trim();
  return text === '' ? undefined : text;
}

/** @throws DependencyError `configuration_invalid` that names the variable */
export function wholeNumberOf(
  environment: Environment,
  name: string,
  min: number,
  max: number,
): number | undefined {
  const text = variableText(environment, name);
  if (text === undefined) return undefined;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw invalidVariable(name, `a whole number from ${min} to ${max}`, text);
}

/** What to throw for a variable that holds something else than expected; never for one that holds a secret. */
export function invalidVariable(name: string, expected: string, got: string): DependencyError {
  return new DependencyError(
    'configuration_invalid',
    `The environment variable ${name} must be ${expected}, got ${JSON.stringify(got.slice(0, 50))}.`,
    { details: { variable: name } },
  );
}
