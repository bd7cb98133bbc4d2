import type { JobSubmission } from '../http/submission.ts';
import type { Caller } from '../http/keys.ts';
import { requireVoiceScope } from '../http/scopes.ts';
import type { ServerContext } from '../server-context.ts';
import { withStoredVoices } from './stored-voices.ts';

/**
 * A submission with the voices that it names, for callers who may have them.
 *
 * @throws RequestError `scope_missing`; InputUnavailableError `not_found`
 */
export async function withVoices(
  submission: JobSubmission,
  caller: Caller,
  { voices }: ServerContext,
): Promise<JobSubmission> {
  const { input } = submission;
  requireVoiceScope(caller, input);
  if (input.options === undefined) return submission;
  return { ...submission, input: { ...input, options: await withStoredVoices(input.options, voices) } };
}

/** The same for the message that opens a live session. */
export function withVoicesOfLive(
  start: Readonly<Record<string, unknown>>,
  caller: Caller,
  { voices }: ServerContext,
): Promise<unknown> {
  requireVoiceScope(caller, { task: start.type, options: start });
  return withStoredVoices(start, voices);
}
