/** Options of the command line in the words of the contract: the same wherever and whenever the work is done. */
import type { TranscribeRequestOptions } from '../../work/requests/transcribe-request.ts';
import type { AudioCliOptions } from './audio-options.ts';
import { speakerJobOptions } from './speaker-options.ts';
import { languageOf, MIXED_LANGUAGES, type RecognitionCliOptions } from './transcribe-options.ts';

/** What a transcription is asked for, for those who do it elsewhere too. */
export type TranscribeJobOptions = Omit<TranscribeRequestOptions, 'modelFolder' | 'voices'> & {
  readonly audioTrack: number | undefined;
};

/**
 * What a transcription is asked for; what is left out is decided by whoever does the work.
 *
 * @param isDiarized false: nobody is told apart
 * @throws InvalidInputError `invalid_option`
 */
export function transcribeJobOptions(
  options: RecognitionCliOptions &
    AudioCliOptions & {
      readonly model?: string | undefined;
      readonly preset?: string | undefined;
    },
  isDiarized: boolean,
): TranscribeJobOptions {
  const { audioTrack, model, preset, task, prompt, channels, wordTimestamps, pauseThreshold } = options;
  const { align, attribution } = options;
  return {
    audioTrack,
    model,
    preset,
    prompt,
    channels,
    language: languageOf(options) ?? (options.language === MIXED_LANGUAGES ? MIXED_LANGUAGES : undefined),
    translate: task === 'translate' ? true : undefined,
    diarize: isDiarized ? undefined : false,
    align,
    attribution: attribution === 'overlap' ? undefined : attribution,
    wordTimestamps: wordTimestamps ? undefined : false,
    pauseThresholdSeconds: pauseThreshold,
    clips: options.clipTimestamps?.map(({ startSeconds, endSeconds }) =>
      endSeconds === Infinity ? { startSeconds } : { startSeconds, endSeconds },
    ),
    ...speakerJobOptions(options),
  };
}
