import type { Utterance } from '../../../core/result/result.ts';
import type { JobInputOf, Task } from '../../../sdk/contract/index.ts';
import type { JobServices, StageProgress } from './job-services.ts';

/** What a task gets of one recording. */
export type TaskCall<T extends Task> = {
  readonly input: JobInputOf<T>;
  /** Local files: one, or two for `compare`. */
  readonly paths: readonly string[];
  readonly services: JobServices;
  readonly signal: AbortSignal;
  readonly onProgress: StageProgress;
  /** Takes what is final before the work is over. */
  readonly onUtterance: (utterance: Utterance) => void;
};
