/** The local platform: RunPod's queue API on this machine, with real workers. */
export { startPlatform } from './platform.ts';
export type { PlatformOptions, RunningPlatform } from './platform-options.ts';
export type { WorkerCommand } from './workers/worker-fleet.ts';
export { DEFAULT_PLATFORM_LIMITS, type PlatformLimits } from './platform-limits.ts';
export type { FsyncRule } from './storage/journal.ts';
