import type { DeskJob } from '../../desk/desk-job.ts';
import type { JobDesk } from '../../desk/job-desk.ts';
import { fileNameOf } from './task-names.ts';

/** What the service says of a task, in the order of its stream. */
export type TaskView = {
  readonly state: 'PENDING' | 'PROGRESS' | 'SUCCESS' | 'FAILURE';
  readonly info: {
    readonly status: string;
    readonly percent: number;
    readonly result_filename: string | null;
    readonly summary_filename: null;
    readonly summary_content: string | null;
    readonly original_base_filename: string | null;
    readonly task_id?: string;
  };
};

type Progress = ReturnType<JobDesk['progressOf']>;

const NO_SUMMARY = 'Summarization disabled: API Key or Model not configured.';

/** Shares of the whole as the old service cut it: work on the sound is from 18 to 90. */
const FIRST_PERCENT = 18;
const WORK_PERCENT = 72;

/**
 * A job as a task of the service.
 *
 * @param baseName of the recording, without its ending
 */
export function taskView(job: DeskJob, progress: Progress, baseName: string): TaskView {
  if (job.state === 'queued') return view('PENDING', 'Initializing...', 0);
  if (job.state === 'running') {
    const { status, percent } = stepOf(progress);
    return view('PROGRESS', status, percent, { task_id: job.id });
  }
  if (job.state === 'completed') {
    return view('SUCCESS', 'Complete', 100, {
      result_filename: fileNameOf(job.id),
      summary_content: NO_SUMMARY,
      original_base_filename: baseName,
    });
  }
  return view('FAILURE', `Task failed: ${job.error?.message ?? 'The task was canceled.'}`, -1);
}

function view(
  state: TaskView['state'],
  status: string,
  percent: number,
  more: Partial<TaskView['info']> = {},
): TaskView {
  return {
    state,
    info: {
      status,
      percent,
      result_filename: null,
      summary_filename: null,
      summary_content: null,
      original_base_filename: null,
      ...more,
    },
  };
}

/** Our stages in the words and percentages of the service, whose recording is one chunk. */
function stepOf(progress: Progress): { readonly status: string; readonly percent: number } {
  switch (progress?.stage) {
    case undefined:
    case 'fetch':
      return { status: 'Preparing...', percent: 5 };
    case 'download':
    case 'load':
      return { status: 'Loading models...', percent: 16 };
    case 'decode':
      return { status: 'Converting audio to WAV...', percent: 10 };
    case 'render':
      return { status: 'Saving transcript...', percent: 91 };
    default: {
      const { stage, done, total } = progress!;
      const share = total === null || total === 0 ? 0 : Math.min(1, done / total);
      const verb = stage === 'transcribe' ? 'Transcribing' : 'Diarizing';
      return { status: `${verb} chunk 1/1...`, percent: FIRST_PERCENT + Math.floor(WORK_PERCENT * share) };
    }
  }
}
