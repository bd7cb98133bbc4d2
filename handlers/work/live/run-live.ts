/** One live session on the engine, which may die under it. */
import { isSpeechError } from '../../../core/errors.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import type { LiveInput } from '../../../core/engine/tasks/live-task.ts';
import type { LiveEvent } from '../../../core/result/live/live-events.ts';
import { SAMPLE_RATE } from '../../../core/timeline/sliding-window.ts';
import type { KeptSound } from './kept-sound.ts';
import { Continuation } from './continuation.ts';

/** Sound that is kept for a fresh engine, 230 MB an hour. */
export const MOST_KEPT_SAMPLES = 3_600 * SAMPLE_RATE;

/** A session whose engine dies this often in a row will kill the next one too. */
const MOST_CRASHES = 3;

/**
 * Listens to the sound until it ends; events in order, the last one with the result.
 *
 * Where the engine dies, a fresh one hears everything again, as fast as it can, and goes on: what was told is not told
 * twice, labels stay who they are, and what the second hearing knows otherwise comes as a revision.
 *
 * @throws SpeechError of the session; CapacityError `engine_crashed` where that cannot be
 */
export async function runLive(
  engine: Engine,
  input: LiveInput,
  sound: KeptSound,
  hooks: { readonly signal: AbortSignal; readonly onEvent: (event: LiveEvent) => void },
): Promise<void> {
  let continuation = Continuation.first();
  for (let crashes = 0; ; crashes += 1) {
    try {
      const onEvent = (event: LiveEvent): void => continuation.hear(event).forEach(hooks.onEvent);
      const request = { ...input, audio: { samples: sound.read() } };
      const result = await engine.runLive(request, { signal: hooks.signal, onEvent });
      onEvent(result);
      return;
    } catch (error) {
      const isCrash = isSpeechError(error) && error.code === 'engine_crashed';
      if (!isCrash || !sound.isWhole || crashes >= MOST_CRASHES || hooks.signal.aborted) throw error;
      continuation = continuation.again();
    }
  }
}
