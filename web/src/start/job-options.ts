import type { LiveStart } from '../../../sdk/live/live-start.ts';

/** What a reader chooses before a recording is worked on. */
export type JobOptions = {
  readonly task: 'transcribe' | 'diarize';
  readonly language: string;
  /** Empty: found out. */
  readonly speakers: string;
  readonly model: string;
  /** Whether enrolled voices are named. */
  readonly voices: boolean;
};

export const DEFAULT_JOB_OPTIONS: JobOptions = {
  task: 'transcribe',
  language: '',
  speakers: '',
  model: '',
  voices: false,
};

/** The options as a job has them. */
export function optionsOfJob({
  task,
  language,
  speakers,
  model,
  voices,
}: JobOptions): Record<string, unknown> {
  return {
    ...(speakers === '' ? {} : { numSpeakers: Number(speakers) }),
    ...(task === 'transcribe' && language !== '' ? { language } : {}),
    ...(task === 'transcribe' && model !== '' ? { model } : {}),
    ...(voices ? { voices: 'all' } : {}),
  };
}

/** Languages that are found in the whole recording. */
export const OFFLINE_LANGUAGES: ReadonlySet<string> = new Set(['auto', 'mixed']);

/** The same choice for a live session, which finds the language out by itself. */
export function liveStartOf(options: JobOptions): Omit<LiveStart, 'type'> {
  const { task, language } = options;
  const known = OFFLINE_LANGUAGES.has(language) ? { ...options, language: '' } : options;
  return { tasks: task === 'transcribe' ? ['diarize', 'transcribe'] : ['diarize'], ...optionsOfJob(known) };
}

/** A job as a form: everything that is no file goes first, so that it is there when the file ends. */
export function jobForm(options: JobOptions, file: Blob, name: string): FormData {
  const form = new FormData();
  form.append('job', JSON.stringify({ task: options.task, options: optionsOfJob(options), stream: true }));
  form.append('file', file, name);
  return form;
}
