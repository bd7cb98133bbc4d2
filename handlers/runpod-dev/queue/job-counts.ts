/** What has happened since the platform first started; survives it where jobs do. */
export type Totals = { readonly completed: number; readonly failed: number; readonly retried: number };

export const NO_TOTALS: Totals = Object.freeze({ completed: 0, failed: 0, retried: 0 });

/** The `jobs` of `/health`. */
export type JobCounts = Totals & { readonly inQueue: number; readonly inProgress: number };
