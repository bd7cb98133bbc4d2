import { RequestError } from '../../../core/errors.ts';
import type { Caller, Scope } from './keys.ts';

/** Tasks that make or compare vectors of voices: biometric data. */
const VOICE_TASKS: ReadonlySet<unknown> = new Set(['embed', 'compare', 'verify', 'identify']);

/** The same as the last part of a path, in every dialect. */
const VOICE_PATH = /\/(?:embed|embedding|compare|compare_embedding|verify|identify)\/?$/;

/** What a key must be for to ask for a path. */
export function scopeOfPath(path: string): Scope {
  if (/^\/metrics\/?$/.test(path)) return 'admin';
  return /^\/v1\/voices(?:\/|$)/.test(path) || VOICE_PATH.test(path) ? 'voices' : 'jobs';
}

/** @throws RequestError `scope_missing` */
export function requireScope({ scopes }: Caller, scope: Scope): void {
  if (scopes.has(scope)) return;
  throw new RequestError(
    'scope_missing',
    `The key is not for this: it lacks the scope ${scope}. Whoever runs the server can add it to the line of the key.`,
    { details: { scope } },
  );
}

/** Jobs about voices, or that name voices, need the scope for them. @throws RequestError `scope_missing` */
export function requireVoiceScope(
  caller: Caller,
  { task, options }: { readonly task: unknown; readonly options?: unknown },
): void {
  const namesVoices = typeof options === 'object' && options !== null && 'voices' in options;
  if (VOICE_TASKS.has(task) || namesVoices) requireScope(caller, 'voices');
}
