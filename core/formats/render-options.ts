import type { DiarizationResult } from '../transcript/result.ts';

/** What every renderer understands; each format uses what it can show. */
export type RenderOptions = {
  /** Name of the recording in formats that carry one (RTTM, CTM, STM …); default `recording`. */
  readonly recordingId?: string | undefined;
  /** Heading of formats for readers; default: the recording's name. */
  readonly title?: string | undefined;
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
