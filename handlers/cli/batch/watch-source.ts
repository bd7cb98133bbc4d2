/** `colloquy batch watch`: goes on with recordings as they come. */
import { ObjectHints } from '../../batch/watch/object-hints.ts';
import { watchBatch } from '../../batch/watch/watch-batch.ts';
import type { CliContext } from '../context.ts';
import { createMessenger } from '../output/progress.ts';
import { batchPlanOf, runSettings } from './batch-options.ts';
import { batchReporter } from './batch-progress.ts';
import { executorOf, openWatched } from './open-batch.ts';
import { listen, type WatchCliOptions } from './watch-options.ts';

/** Works until it is stopped; what is in hand then is done by the next run. */
export async function watchSource(
  source: string,
  options: WatchCliOptions,
  context: CliContext,
): Promise<void> {
  const messenger = createMessenger(options.json ? 'json' : options.progress, context.stderr);
  const { root, ...places } = await openWatched(source, options, context);
  const plan = await batchPlanOf(source, options, messenger, context);
  const hints = new ObjectHints();
  const listener = await listen(
    root,
    options,
    context,
    (candidates) => hints.add(candidates),
    (message) => messenger.note(message),
  );
  const executor = await executorOf(plan, places, options, context, messenger);
  const every = `everything is listed every ${options.every} s`;
  messenger.note(
    listener === undefined ? `Watching: ${every}.` : `Watching ${listener.description}; ${every}.`,
  );
  try {
    await watchBatch(
      { plan, ...places, ...runSettings(options, messenger, context), hints, everySeconds: options.every },
      executor,
      batchReporter(options.json ?? false, messenger, context),
    );
  } finally {
    messenger.clear();
    await listener?.close();
    await executor.close();
  }
}
