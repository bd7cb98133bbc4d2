import type { AudioLimits } from '../core/audio/limits.ts';
import { DependencyError } from '../core/errors.ts';
import { PROVIDER_CHOICES, type ProviderChoice } from '../core/inference/execution-provider.ts';
import { availableCores } from './available-cores.ts';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything that the surroundings decide; options of a command come before it. */
export type Config = {
  /** `COLLOQUY_PROVIDER`. */
  readonly provider: ProviderChoice;
  /** `COLLOQUY_THREADS`: threads that run models. */
  readonly threads: number;
  /** `COLLOQUY_MAX_DURATION_SECONDS` and the like. */
  readonly audioLimits: Partial<AudioLimits>;
  /** What the engine child may see: no keys, no tokens. */
  readonly engineEnvironment: Environment;
  /** The whole environment, for the parts with settings of their own (`models/model-folders.ts`, the worker). */
  readonly environment: Environment;
};

/** The largest number of threads that anybody may ask for: each has its own copy of every model. */
export const MAX_THREADS = 256;

/** Variables that programs and libraries of the engine child need to work. */
const ENGINE_VARIABLES =
  /^(PATH|HOME|TMPDIR|TEMP|TMP|LANG|LC_ALL|TZ|SystemRoot|(DY)?LD_LIBRARY_PATH|(CUDA|CUDNN|NVIDIA|OMP)_\w+)$/;

/**
 * Reads the settings once; the only reader of `process.env`.
 *
 * @throws DependencyError `configuration_invalid` that names the variable
 */
export function readConfig(environment: Environment = process.env): Config {
  const maxDurationSeconds = positive(environment, 'COLLOQUY_MAX_DURATION_SECONDS');
  return {
    provider: choice(environment, 'COLLOQUY_PROVIDER', PROVIDER_CHOICES) ?? 'auto',
    threads: wholeNumber(environment, 'COLLOQUY_THREADS', MAX_THREADS) ?? availableCores(),
    audioLimits: maxDurationSeconds === undefined ? {} : { maxDurationSeconds },
    engineEnvironment: Object.fromEntries(
      Object.entries(environment).filter(([name]) => ENGINE_VARIABLES.test(name)),
    ),
    environment,
  };
}

function choice<T extends string>(
  environment: Environment,
  name: string,
  values: readonly T[],
): T | undefined {
  const text = valueOf(environment, name);
  if (text === undefined) return undefined;
  const value = values.find((candidate) => candidate === text);
  if (value === undefined) throw invalid(name, `one of ${values.join(', ')}`, text);
  return value;
}

function wholeNumber(environment: Environment, name: string, max: number): number | undefined {
  const text = valueOf(environment, name);
  if (text === undefined) return undefined;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > max) throw invalid(name, `a whole number from 1 to ${max}`, text);
  return value;
}

function positive(environment: Environment, name: string): number | undefined {
  const text = valueOf(environment, name);
  if (text === undefined) return undefined;
  const value = /^\d{1,9}(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (value <= 0) throw invalid(name, 'a positive number', text);
  return value;
}

/** An empty variable counts as not set. */
function valueOf(environment: Environment, name: string): string | undefined {
  const text = environment[name]?.trim();
  return text === '' ? undefined : text;
}

function invalid(name: string, expected: string, got: string): DependencyError {
  return new DependencyError(
    'configuration_invalid',
    `The environment variable ${name} must be ${expected}, got ${JSON.stringify(got.slice(0, 50))}.`,
    { details: { variable: name } },
  );
}
