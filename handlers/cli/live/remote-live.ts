import type { LiveEvent } from '../../../core/result/live/live-events.ts';
import { Colloquy } from '../../../sdk/client/client.ts';
import { fromRemote } from '../../errors/from-client-error.ts';
import type { LiveStartParsed } from '../../../sdk/live/client-message.ts';
import type { CliContext } from '../context.ts';

/**
 * The same on a server: sound goes there as it comes, events come back.
 *
 * @param url `http://host:port`, or `ws://host:port`
 * @throws SpeechError where nobody answers there, or what ended the session
 */
export async function listenRemotely(
  blocks: AsyncIterable<Float32Array>,
  { type: _type, audio: _audio, ...start }: LiveStartParsed,
  url: string,
  { config, signal }: CliContext,
  onEvent: (event: LiveEvent) => void,
): Promise<void> {
  const apiKey = config.environment.COLLOQUY_API_KEY;
  const client = fromRemote(
    () =>
      new Colloquy({
        baseUrl: url.replace(/^ws/, 'http'),
        ...(apiKey === undefined ? {} : { apiKey }),
      }),
  );
  const audio = { encoding: 'f32le', sampleRate: 16_000, channels: 1 } as const;
  const live = await fromRemote(() => client.live({ ...start, audio, signal }));
  const listening = fromRemote(async () => {
    for await (const event of live) onEvent(event);
  });
  // What ends the session ends the writing too; both are waited for.
  listening.catch(() => undefined);
  try {
    for await (const block of blocks) await fromRemote(() => live.write(block));
    await fromRemote(() => live.finish());
  } finally {
    if (signal.aborted) live.abort();
  }
  await listening;
}
