/**
 * Settings of BullMQ. Those of it by itself lost recordings, or took a minute to notice a dead worker; each of these was
 * tried by killing workers and the store again and again.
 */

/** Every process of a queue must have the same: the search for stalled jobs is shared. */
export const QUEUE_NAME = 'colloquy';

/** In braces, so that a cluster keeps all keys of the queue in one slot. */
export const QUEUE_PREFIX = '{colloquy}';

/** A worker that dies is noticed after a lock and a search: in less than 20 s. */
export const LOCK_MS = 15_000;
export const STALLED_INTERVAL_MS = 5_000;

/**
 * BullMQ gives a job up when its worker died twice, though the job did nothing wrong. We count starts ourselves and
 * write a dead letter: see `MOST_STARTS`.
 */
export const MOST_STALLS = 1_000_000;

/** An item whose workers died so often is what kills them. */
export const MOST_STARTS = 20;

/** Waits between attempts: 2 s after the first, then twice as long each time, spread by half. */
export const BACK_OFF = { type: 'exponential', delay: 2_000, jitter: 0.5 } as const;

/** Finished jobs are kept for whoever looks, and are never what says that an item has ended. */
export const KEEP_DONE = { age: 3600, count: 5000 } as const;
export const KEEP_FAILED = { age: 86_400 } as const;

/** Jobs that a submitter keeps in the queue: the store needs less than 30 MB, however many recordings there are. */
export const WINDOW = 2_000;

/** Longer jobs are refused: they hold a key and options, nothing else. */
export const MOST_JOB_BYTES = 16 * 1024;
