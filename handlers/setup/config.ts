import type { AudioLimits } from '../../core/audio/limits.ts';
import { PROVIDER_CHOICES, type ProviderChoice } from '../../core/inference/execution-provider.ts';
import { availableCores } from './available-cores.ts';
import { type Environment, invalidVariable, variableText, wholeNumberOf } from './variables.ts';

export type { Environment };

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

/** Variables that programs and libraries of the engine child need to work, and those that a user sets for them. */
const ENGINE_VARIABLES =
  /^(PATH|HOME|XDG_CACHE_HOME|TMPDIR|TEMP|TMP|LANG|LC_ALL|TZ|SystemRoot|(DY)?LD_LIBRARY_PATH|(CUDA|CUDNN|NVIDIA|OMP|ORT)_\w+)$/;

/**
 * Reads the settings once; the only reader of `process.env`.
 *
 * @throws DependencyError `configuration_invalid` that names the variable
 */
export function readConfig(environment: Environment = process.env): Config {
  const maxDurationSeconds = positive(environment, 'COLLOQUY_MAX_DURATION_SECONDS');
  return {
    provider: choice(environment, 'COLLOQUY_PROVIDER', PROVIDER_CHOICES) ?? 'auto',
    threads: wholeNumberOf(environment, 'COLLOQUY_THREADS', 1, MAX_THREADS) ?? availableCores(),
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
  const text = variableText(environment, name);
  if (text === undefined) return undefined;
  const value = values.find((candidate) => candidate === text);
  if (value === undefined) throw invalidVariable(name, `one of ${values.join(', ')}`, text);
  return value;
}

function positive(environment: Environment, name: string): number | undefined {
  const text = variableText(environment, name);
  if (text === undefined) return undefined;
  const value = /^\d{1,9}(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (value <= 0) throw invalidVariable(name, 'a positive number', text);
  return value;
}
