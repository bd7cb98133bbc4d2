/** The RunPod worker, usable alone: `startWorker` inside a program, `serveWorker` as the program. */
export { startWorker, type RunningWorker, type WorkerExitCode, type WorkerOptions } from './worker.ts';
export { serveWorker, type ServeWorkerOptions } from './serve-worker.ts';
export { parseWorkerEnvironment, type WorkerEnvironment } from './environment.ts';
export type { JobContext, JobHandler, TypedHandler } from './jobs/handler.ts';
export type { RunpodJob } from './jobs/job.ts';
export type { FitnessCheck } from './fitness.ts';
export { gpuCheck, type GpuCheckOptions } from './gpu-check.ts';
export { diskCheck, memoryCheck, networkCheck, programCheck } from './system-checks.ts';
export type { OversizedResult, OversizedValue } from './jobs/oversized-result.ts';
export { parseS3ResultOptions, type S3ResultOptions } from '../work/s3/s3-result-options.ts';
export { parseS3Config } from '../work/s3/caller-store.ts';
export { storeResultsInS3 } from './s3-results.ts';
export { openJobFiles, type JobFiles, type JobFilesOptions, type UploadedFile } from './job-files.ts';
export { createLog, type LogLevel, type WorkerLog } from './log.ts';
export { DEFAULT_WORKER_TIMING, type WorkerTiming } from './timing.ts';
