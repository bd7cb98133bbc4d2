import type { TaskContext } from './task.ts';

/**
 * Opens models once for each setup, for many recordings.
 *
 * @param open what opens them; a setup is plain data, and equal setups share their models
 */
export function openedOnce<Setup, Models>(
  open: (setup: Setup, context: TaskContext) => Promise<Models>,
): (setup: Setup, context: TaskContext) => Promise<Models> {
  const opened = new Map<string, Promise<Models>>();
  return (setup, context) => {
    const key = JSON.stringify(setup);
    const known = opened.get(key);
    if (known !== undefined) return known;
    const opening = open(setup, context);
    opened.set(key, opening);
    // What failed may be mended, by pulling the model again for instance.
    opening.catch(() => opened.delete(key));
    return opening;
  };
}
