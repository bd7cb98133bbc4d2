import type { DiarizationResult } from '../result/result.ts';
import type { SubtitleOptions } from './subtitles/subtitle-layout.ts';

/** How silence inside speech is shown in text. */
export const PAUSE_MARKS = ['none', 'jefferson'] as const;
export type PauseMarks = (typeof PAUSE_MARKS)[number];

/** What every renderer understands; each format uses what it can show. */
export type RenderOptions = {
  /** Name of the recording in formats that carry one (RTTM, CTM, STM …). @default 'recording' */
  readonly recordingId?: string | undefined;
  /** Heading of formats for readers. @default `recordingId` */
  readonly title?: string | undefined;
  /** `jefferson`: text shows pauses as (.) and (1.5), and overlapped words in [brackets]. @default 'none' */
  readonly pauseMarks?: PauseMarks | undefined;
  /** Formats of NeMo's as NeMo writes them, faults that people see included. @default false */
  readonly compatible?: boolean | undefined;
  /** Layout of SRT and VTT. @default `DEFAULT_SUBTITLE_OPTIONS` */
  readonly subtitles?: SubtitleOptions | undefined;
};

/** The recording's name where none is given. */
export const DEFAULT_RECORDING_ID = 'recording';

/** The recording's name. */
export function recordingIdOf(options: RenderOptions): string {
  return options.recordingId ?? DEFAULT_RECORDING_ID;
}

/** The heading. */
export function titleOf(options: RenderOptions): string {
  return options.title ?? recordingIdOf(options);
}

/** Shown where nobody could be named. */
export const UNKNOWN_SPEAKER = 'UNKNOWN';

/** From speaker label to the name to show; `null` (nobody near) has a name too. */
export function speakerNamer(result: DiarizationResult): (label: string | null) => string {
  const names = new Map(result.speakers.map((speaker) => [speaker.label, speaker.name ?? speaker.label]));
  return (label) => (label === null ? UNKNOWN_SPEAKER : (names.get(label) ?? label));
}

/**
 * What stands before the words of a speaker in formats for readers, such as `Ana: `; nothing where nobody was told
 * apart.
 *
 * @param around the name in the style of the format
 */
export function speakerPrefixer(
  result: DiarizationResult,
  around: (name: string) => string = (name) => `${name}: `,
): (label: string | null) => string {
  const nameOf = speakerNamer(result);
  const isNobodyKnown = result.speakers.length === 0;
  return (label) => (label === null && isNobodyKnown ? '' : around(nameOf(label)));
}
