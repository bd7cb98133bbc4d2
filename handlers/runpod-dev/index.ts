/** The local platform: RunPod's queue API on this machine, with real workers. */
export { startPlatform, type PlatformOptions, type RunningPlatform } from './platform.ts';
export type { WorkerCommand } from './worker-fleet.ts';
export { DEFAULT_PLATFORM_LIMITS, type PlatformLimits } from './platform-limits.ts';
export type { FsyncRule } from './journal.ts';
