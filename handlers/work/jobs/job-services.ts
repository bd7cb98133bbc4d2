import type { Engine } from '../../../core/engine/engine.ts';
import type { AudioLimits } from '../../../core/audio/limits.ts';
import type { Progress, StreamEvent } from '../../../sdk/contract/index.ts';
import type { ModelStore } from '../../../models/store.ts';
import type { AudioFetcher } from '../fetch-audio/index.ts';
import type { S3ResultOptions } from '../s3/s3-result-options.ts';

/** What tasks work with: warm things that outlive them. Nothing else is kept between two jobs. */
export type TaskServices = {
  readonly engine: Engine;
  readonly models: ModelStore;
  /** The bucket for files of results; absent: jobs that ask for S3 fail with `configuration_invalid`. */
  readonly files?: S3ResultOptions | undefined;
};

/** The same for jobs whose audio has to be fetched. */
export type JobServices = TaskServices & {
  readonly fetcher: AudioFetcher;
  readonly audioLimits: Partial<AudioLimits>;
};

/** What one job brings along. */
export type JobHooks = {
  /** Id of the job or request. */
  readonly requestId: string;
  readonly signal: AbortSignal;
  /** How far the job is, shown while it runs. */
  readonly progress: (progress: Progress) => void;
  /** Events of a job that streams. */
  readonly onEvent?: ((event: StreamEvent) => void) | undefined;
  /** The work is done and only the delivery of its files takes long: other work may begin. */
  readonly onSlowDelivery?: (() => void) | undefined;
  /** Where a diarization keeps what the models saw; a matter of this machine, which no job can name. */
  readonly observationsPath?: string | undefined;
};

/** How far the work on one recording is, in the words of the contract. */
export type StageProgress = (stage: string, done: number, total: number | null) => void;
