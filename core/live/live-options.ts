import { InvalidInputError } from '../errors.ts';
import type { NamedVector } from '../verification/identify.ts';

/** What a live session is asked to do. */
export const LIVE_TASKS = ['diarize', 'transcribe', 'verify', 'detect-speech'] as const;
/** One of `LIVE_TASKS`. */
export type LiveTask = (typeof LIVE_TASKS)[number];

/** What a caller may say about a live session; how a recording is told apart and written down comes beside it. */
export type LiveOptions = {
  /** @default diarize and transcribe */
  readonly tasks: readonly LiveTask[];
  /** Age at which a turn is first told: later is surer. @default 1 s, from 0.5 to 10 s */
  readonly latencySeconds: number;
  /** Words before their text is final. @default true */
  readonly interim: boolean;
  /** Sound between two decodes of text that is not final. @default 1 s */
  readonly interimSeconds: number;
  /** Silence after which somebody is said to have finished. @default 0.7 s */
  readonly endpointSilenceSeconds: number;
  /** Whether told turns are corrected while people speak; the end corrects all. @default true */
  readonly revisions: boolean;
  /** Corrections reach back this far. @default 600 s */
  readonly reviseHorizonSeconds: number;
  /** Whether work is left out while the machine cannot follow people who speak; a status says what. @default true */
  readonly sheds: boolean;
  /** Voices that are named as they are recognised, of the space of the models; biometric. @default none */
  readonly voices: readonly NamedVector[];
};

/** What holds where a caller says nothing. */
export const DEFAULT_LIVE_OPTIONS: LiveOptions = Object.freeze({
  tasks: Object.freeze(['diarize', 'transcribe'] as const),
  latencySeconds: 1,
  interim: true,
  interimSeconds: 1,
  endpointSilenceSeconds: 0.7,
  revisions: true,
  reviseHorizonSeconds: 600,
  sheds: true,
  voices: Object.freeze([]),
});

/** @throws InvalidInputError `invalid_option` that says what may be given */
export function checkLiveOptions(options: LiveOptions): void {
  if (options.tasks.length === 0 || !options.tasks.every((task) => LIVE_TASKS.includes(task)))
    throw invalid('tasks', `some of ${LIVE_TASKS.join(', ')}`, options.tasks.join(', ') || 'none');
  checkRange('latencySeconds', options.latencySeconds, 0.5, 10);
  checkRange('interimSeconds', options.interimSeconds, 0.2, 30);
  checkRange('endpointSilenceSeconds', options.endpointSilenceSeconds, 0.1, 30);
  checkRange('reviseHorizonSeconds', options.reviseHorizonSeconds, 10, 86_400);
}

function checkRange(option: keyof LiveOptions, value: number, least: number, most: number): void {
  if (!(value >= least && value <= most)) throw invalid(option, `${least} to ${most} s`, String(value));
}

function invalid(option: keyof LiveOptions, expected: string, got: string): InvalidInputError {
  return new InvalidInputError('invalid_option', `Expected ${option} of ${expected}, got ${got}.`, {
    details: { option },
  });
}
