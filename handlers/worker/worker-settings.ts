import { DEFAULT_PRESET } from '../../core/diarization/presets.ts';
import { ENGLISH_RECOGNISER } from '../setup/composition.ts';
import { type FetchLimits, type FetchPolicy, PRIVATE_FETCH_POLICY } from '../work/fetch-audio/index.ts';
import { type Environment, invalidVariable, variableText, wholeNumberOf } from '../setup/variables.ts';

/** What an operator may set for a worker besides the platform's own variables; docs/runpod.md lists them. */
export type WorkerSettings = {
  /** Presets and recognisers whose models are loaded before the first job: `COLLOQUY_PRELOAD`, names with commas. */
  readonly preload: readonly string[];
  /** Jobs at once: `COLLOQUY_CONCURRENCY`. */
  readonly concurrency: number;
  /** `whsec_…`, several with commas during a change: `COLLOQUY_WEBHOOK_SECRET`. */
  readonly webhookSecrets: readonly string[];
  readonly fetchPolicy: Partial<FetchPolicy>;
  readonly fetchLimits: Partial<FetchLimits>;
  /** `host:port` that must be reachable: `COLLOQUY_NETWORK_CHECK`. Absent: nothing is dialled. */
  readonly networkCheck: { readonly host: string; readonly port: number } | undefined;
  readonly minFreeMemoryBytes: number;
  readonly minFreeDiskPercent: number;
};

/** Models, their working memory and one long recording's observations. */
const MIN_FREE_MEMORY_BYTES = 1e9;
/** As the original worker. */
const MIN_FREE_DISK_PERCENT = 10;

/** @throws DependencyError `configuration_invalid` that names the variable */
export function parseWorkerSettings(environment: Environment): WorkerSettings {
  const text = (name: string): string | undefined => variableText(environment, name);
  const wholeNumber = (name: string, min: number, max: number): number | undefined =>
    wholeNumberOf(environment, name, min, max);
  const list = (name: string): string[] =>
    (text(name) ?? '')
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean);
  const maxBytes = wholeNumber('RUNPOD_MAX_DOWNLOAD_BYTES', 1, 1e13);
  const allowsPrivate = text('RUNPOD_ALLOW_PRIVATE_DOWNLOAD_URLS')?.toLowerCase() === 'true';
  const preload = list('COLLOQUY_PRELOAD');
  return {
    preload: preload.length > 0 ? preload : [DEFAULT_PRESET, ENGLISH_RECOGNISER],
    concurrency: wholeNumber('COLLOQUY_CONCURRENCY', 1, 1000) ?? 1,
    webhookSecrets: list('COLLOQUY_WEBHOOK_SECRET'),
    // For stores inside a private network; every address is open then, so the endpoint must not be public.
    fetchPolicy: allowsPrivate ? PRIVATE_FETCH_POLICY : {},
    fetchLimits: maxBytes === undefined ? {} : { maxBytes },
    networkCheck: hostAndPort(text('COLLOQUY_NETWORK_CHECK')),
    minFreeMemoryBytes: wholeNumber('COLLOQUY_MIN_MEMORY_BYTES', 0, 1e15) ?? MIN_FREE_MEMORY_BYTES,
    minFreeDiskPercent: wholeNumber('COLLOQUY_MIN_DISK_PERCENT', 0, 100) ?? MIN_FREE_DISK_PERCENT,
  };
}

function hostAndPort(text: string | undefined): WorkerSettings['networkCheck'] {
  if (text === undefined) return undefined;
  const match = /^([A-Za-z0-9.-]{1,253}):(\d{1,5})$/.exec(text);
  if (match === null) throw invalidVariable('COLLOQUY_NETWORK_CHECK', 'host:port', text);
  return { host: match[1]!, port: Number(match[2]) };
}
