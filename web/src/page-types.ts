/** What the server answers, as far as the page looks at it. */
import type { DiarizationResult, TranscriptResult } from '../../core/result/result.ts';

export type AnyResult = DiarizationResult | TranscriptResult;

export type JobState = 'queued' | 'running' | 'completed' | 'failed' | 'canceled';

export type JobProgress = { readonly stage: string; readonly done: number; readonly total: number | null };

/** A job as `GET /v1/jobs` lists it. */
export type PageJob = {
  readonly id: string;
  readonly state: JobState;
  readonly task: string;
  readonly createdAt: string;
  readonly expiresAt?: string;
  readonly position?: number;
  readonly progress?: JobProgress;
  readonly recordings: readonly string[];
  readonly error?: { readonly message: string };
  readonly output?: {
    readonly results: readonly { readonly result?: unknown; readonly error?: { message: string } }[];
  };
};

export type PageRecording = { readonly id: string; readonly name: string; readonly bytes: number };

/** A voice that is enrolled here. */
export type PageVoice = {
  readonly name: string;
  readonly sampleCount: number;
  readonly speechSeconds: number;
  readonly needsEnrollingAnew: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
};
