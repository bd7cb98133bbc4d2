/** Runs work while nobody else, in any process or on any machine that shares the folder, holds the lock of this path. */
export type LockFile = <T>(path: string, work: () => Promise<T>) => Promise<T>;
