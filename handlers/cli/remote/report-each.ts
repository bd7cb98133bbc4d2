/** Inputs whose results are told together at the end, as the local commands tell them. */
import type { AudioInput, Colloquy, WaitOptions } from '../../../sdk/index.ts';
import { fromRemote } from '../../errors/from-client-error.ts';
import type { CliContext } from '../context.ts';
import { forEachInput, refuseSecondStandardInput } from '../input/each-input.ts';
import { createMessenger, type Messenger } from '../output/progress.ts';
import type { Done } from '../output/voice-reports.ts';
import { createClient, type EndpointOptions } from './create-client.ts';
import type { RemoteCallOptions } from './remote-options.ts';
import { remoteName, sendInput } from './send-input.ts';
import { startLimited } from './start-limited.ts';

type Warned = { readonly warnings: readonly { readonly code: string; readonly message: string }[] };

/** What a command works with while its inputs are elsewhere. */
export type RemoteSession = {
  readonly client: Colloquy;
  readonly messenger: Messenger;
  readonly context: CliContext;
};

/** Runs work with a client; what is shown of progress goes at the end, whatever happens. */
export async function withClient<T>(
  options: EndpointOptions & Pick<RemoteCallOptions, 'progress'>,
  context: CliContext,
  work: (session: RemoteSession) => Promise<T>,
): Promise<T> {
  const client = fromRemote(() => createClient(options, context));
  const messenger = createMessenger(options.progress, context.stderr);
  try {
    return await work({ client, messenger, context });
  } finally {
    messenger.clear();
  }
}

/**
 * Sends every input, several at a time; a failing one of several is told and does not stop the others.
 *
 * @returns the results of those that did not fail, in order
 */
export async function sendEach<R extends Warned>(
  inputs: readonly string[],
  options: RemoteCallOptions,
  session: RemoteSession,
  send: (audio: AudioInput, limits: WaitOptions) => Promise<R>,
): Promise<Done<R>[]> {
  refuseSecondStandardInput(inputs);
  const { messenger, context } = session;
  const call = { options, messenger, context };
  const pending = startLimited(inputs, options.concurrency, (input, index) =>
    sendInput(input, index, call, send),
  );
  const done: Done<R>[] = [];
  await forEachInput(inputs.map(remoteName), session, async (input, reference) => {
    const result = await pending[reference.index]!;
    messenger.clear();
    for (const warning of result.warnings) messenger.warning(reference, warning);
    done.push({ input, result });
  });
  return done;
}
