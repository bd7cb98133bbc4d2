import { isSpeechError } from '../../../core/errors.ts';

/** A recording that ends the engine every time, for want of memory say, must not do so for ever. */
const MAX_ATTEMPTS = 3;

/**
 * Does the work on one recording, and does it again, up to three times in all, when the engine ended under it: RunPod
 * runs no failed job again, and the next attempt finds a fresh engine. Everything else that fails, fails at once.
 *
 * @throws what `work` throws; CapacityError `engine_crashed` of the last attempt
 */
export async function againAfterCrash<Result>(
  work: () => Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const isCrash = isSpeechError(error) && error.code === 'engine_crashed';
      if (!isCrash || signal.aborted || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

/**
 * For what is told while the work goes on: the same work tells the same again, and only what is new gets through.
 *
 * @returns the listener for an attempt, made anew for each
 */
export function onceAcrossAttempts<Value>(tell: (value: Value) => void): () => (value: Value) => void {
  let toldCount = 0;
  return () => {
    let heardCount = 0;
    return (value) => {
      heardCount++;
      if (heardCount <= toldCount) return;
      toldCount = heardCount;
      tell(value);
    };
  };
}
