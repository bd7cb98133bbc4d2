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

/** Languages that readers choose from, and what a recording may be instead of one. */
export const LANGUAGES: readonly (readonly [code: string, name: string])[] = [
  ['', 'Chosen by the recogniser'],
  ['auto', 'Find it out'],
  ['mixed', 'Several languages'],
  ['en', 'English'],
  ['de', 'German'],
  ['es', 'Spanish'],
  ['fr', 'French'],
  ['it', 'Italian'],
  ['ja', 'Japanese'],
  ['nl', 'Dutch'],
  ['pl', 'Polish'],
  ['pt', 'Portuguese'],
  ['zh', 'Chinese'],
];

/** While people speak, the language is known, or found in the first half minute, without words until then. */
export const LIVE_LANGUAGES: typeof LANGUAGES = [
  ['', 'Find it out (words after half a minute)'],
  ...LANGUAGES.filter(([code]) => code.length === 2),
];

/** What is chosen for a live session at first: the language of the browser. */
export function liveJobOptions(browserLanguage: string): JobOptions {
  const [code = ''] = browserLanguage.toLowerCase().split('-');
  const isKnown = LIVE_LANGUAGES.some(([known]) => known === code);
  return { ...DEFAULT_JOB_OPTIONS, language: isKnown ? code : '' };
}

/** The options of a live session. */
export function liveStartOf(options: JobOptions): Omit<LiveStart, 'type'> {
  const tasks: LiveStart['tasks'] = options.task === 'transcribe' ? ['diarize', 'transcribe'] : ['diarize'];
  return { tasks, ...optionsOfJob(options) };
}

/** A job as a form: everything that is no file goes first, so that it is there when the file ends. */
export function jobForm(options: JobOptions, file: Blob, name: string): FormData {
  const form = new FormData();
  form.append('job', JSON.stringify({ task: options.task, options: optionsOfJob(options), stream: true }));
  form.append('file', file, name);
  return form;
}
