/** What a reader chooses before a recording is worked on. */
export type JobOptions = {
  readonly task: 'transcribe' | 'diarize';
  readonly language: string;
  /** Empty: found out. */
  readonly speakers: string;
  readonly model: string;
};

export const DEFAULT_JOB_OPTIONS: JobOptions = { task: 'transcribe', language: '', speakers: '', model: '' };

/** The options as a job has them. */
export function optionsOfJob({ task, language, speakers, model }: JobOptions): Record<string, unknown> {
  return {
    ...(speakers === '' ? {} : { numSpeakers: Number(speakers) }),
    ...(task === 'transcribe' && language !== '' ? { language } : {}),
    ...(task === 'transcribe' && model !== '' ? { model } : {}),
  };
}

/** A job as a form: everything that is no file goes first, so that it is there when the file ends. */
export function jobForm(options: JobOptions, file: Blob, name: string): FormData {
  const form = new FormData();
  form.append('job', JSON.stringify({ task: options.task, options: optionsOfJob(options), stream: true }));
  form.append('file', file, name);
  return form;
}
