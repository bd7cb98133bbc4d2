/** Options of the command line in the words of the contract, for work that is done elsewhere or later. */
import type { AudioCliOptions } from './audio-options.ts';
import type { SpeakerOptions } from './speaker-options.ts';
import { speakerOptionsOf } from './speaker-options.ts';
import { languageOf, MIXED_LANGUAGES, type RecognitionCliOptions } from './transcribe-options.ts';

/** Bounds on speakers; what the worker decides by itself is left out. */
export function speakerJobOptions(options: SpeakerOptions): Record<string, number | undefined> {
  speakerOptionsOf(options);
  const { numSpeakers, minSpeakers, maxSpeakers, minDuration } = options;
  return { numSpeakers, minSpeakers, maxSpeakers, minDurationSeconds: minDuration };
}

/**
 * What a transcription is asked for; what the worker decides by itself is left out.
 *
 * @param isDiarized false: nobody is told apart
 */
export function transcribeJobOptions(
  options: RecognitionCliOptions &
    AudioCliOptions & {
      readonly model?: string | undefined;
      readonly preset?: string | undefined;
    },
  isDiarized: boolean,
  names?: ReadonlyMap<string, string>,
) {
  const { audioTrack, model, preset, task, prompt, channels, wordTimestamps, pauseThreshold } = options;
  return {
    audioTrack,
    model,
    preset,
    prompt,
    channels,
    language: languageOf(options) ?? (options.language === MIXED_LANGUAGES ? MIXED_LANGUAGES : undefined),
    translate: task === 'translate' ? true : undefined,
    diarize: isDiarized ? undefined : false,
    wordTimestamps: wordTimestamps ? undefined : false,
    pauseThresholdSeconds: pauseThreshold,
    clips: options.clipTimestamps?.map(({ startSeconds, endSeconds }) =>
      endSeconds === Infinity ? { startSeconds } : { startSeconds, endSeconds },
    ),
    speakerNames: names === undefined ? undefined : Object.fromEntries(names),
    ...speakerJobOptions(options),
  };
}
