/** One input of the command line on its way to where the work is done. */
import { basename } from 'node:path';
import type { AudioInput, JobProgress, WaitOptions } from '../../../sdk/index.ts';
import { fromRemote } from '../../errors/from-client-error.ts';
import type { CliContext } from '../context.ts';
import { standardInput, STANDARD_INPUT_NAME } from '../input/standard-input.ts';
import type { InputReference, Messenger } from '../output/progress.ts';
import type { RemoteCallOptions } from './remote-options.ts';

/** What all inputs of a call have in common. */
export type RemoteCall = {
  readonly options: Pick<RemoteCallOptions, 'timeout'>;
  readonly messenger: Messenger;
  readonly context: CliContext;
};

function isUrl(input: string): boolean {
  return /^(https?|s3):\/\//i.test(input);
}

/** What files and messages call an input: of a URL its last part, never the query, which may be a key. */
export function remoteName(input: string): string {
  if (!isUrl(input) || !URL.canParse(input)) return input;
  return basename(new URL(input).pathname) || 'recording';
}

/** What the client takes for an input. */
export function audioInputOf(input: string, { stdin }: CliContext): AudioInput {
  if (input === '-') return standardInput(stdin);
  return isUrl(input) ? input : { path: input };
}

/** Limits of a call about an input: its progress is told, and Ctrl-C or the time ends it. */
export function limitsOf(
  input: string,
  index: number,
  { options, messenger, context }: RemoteCall,
): WaitOptions {
  const name = input === '-' ? STANDARD_INPUT_NAME : basename(remoteName(input));
  const reference: InputReference = { index, name };
  const onProgress = ({ stage, done, total }: JobProgress): void =>
    messenger.progress(reference, { stage, done, total });
  const timeoutMs = options.timeout === undefined ? undefined : options.timeout * 1000;
  return { signal: context.signal, timeoutMs, onProgress };
}

/** Sends an input; failures are those of the command. */
export function sendInput<R>(
  input: string,
  index: number,
  call: RemoteCall,
  send: (audio: AudioInput, limits: WaitOptions) => Promise<R>,
): Promise<R> {
  return fromRemote(() => send(audioInputOf(input, call.context), limitsOf(input, index, call)));
}
