import { defined, type Loose } from '../../../core/defined.ts';
import { presetNameOf } from '../../../core/diarization/preset-name.ts';
import type { TranscribeInput } from '../../../core/engine/tasks/transcribe-task.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import { languageOfTag } from '../../../core/text/language-tag.ts';
import { joinSegments } from '../../../core/timeline/join-segments.ts';
import type { Segment } from '../../../core/timeline/turns.ts';
import {
  DEFAULT_TRANSCRIPTION_OPTIONS,
  type TranscriptionOptions,
} from '../../../core/transcription/transcribe.ts';
import type { ModelCallOptions, ModelStore } from '../../../models/store.ts';
import type { TranscribeOptions } from '../../../sdk/contract/index.ts';
import { transcriptionSetup } from '../../setup/composition.ts';
import { presetOfVoices } from '../speakers/encoder-of-voices.ts';
import { type JobVoice, speakerNaming } from '../speakers/speaker-naming.ts';
import { speakerBoundsOf } from './speaker-bounds.ts';

/** Options of `transcribe`, as jobs and the command give them; names of speakers are given to the result. */
export type TranscribeRequestOptions = Partial<
  Loose<Omit<TranscribeOptions, 'speakerNames' | 'audioTrack' | 'voices'>>
> & {
  readonly voices?: readonly JobVoice[] | undefined;
  /** A folder of this machine with a recogniser, instead of `model`. */
  readonly modelFolder?: string | undefined;
  /** Words find their speaker with the faults of the system whose rule `attribution` is. */
  readonly compatible?: boolean | undefined;
};

/**
 * What the engine is asked to do for `transcribe`, the same for every transport.
 *
 * @throws InvalidInputError `invalid_option`; ModelError
 */
export async function transcribeRequest(
  models: ModelStore,
  options: TranscribeRequestOptions,
  calls: ModelCallOptions,
): Promise<TranscribeInput> {
  const wanted = transcriptionOptions(options);
  const { voices = [] } = options;
  const preset = wanted.diarize
    ? presetOfVoices(voices, options.preset && presetNameOf(options.preset))
    : undefined;
  const naming = preset === undefined ? undefined : await speakerNaming(models, preset, options);
  const { model, modelFolder, align } = options;
  const setup = await transcriptionSetup(models, { ...wanted, model, modelFolder, align, preset }, calls);
  return { ...setup, naming, options: wanted, channels: options.channels ?? 'auto' };
}

function transcriptionOptions(options: TranscribeRequestOptions): TranscriptionOptions {
  const { language, translate, diarize, prompt, attribution, compatible } = options;
  const { wordTimestamps, pauseThresholdSeconds, clips } = options;
  return {
    ...DEFAULT_TRANSCRIPTION_OPTIONS,
    ...speakerBoundsOf(options),
    language: languageCode(language),
    languagePerPiece: language === 'mixed',
    ...defined({
      task: translate ? ('translate' as const) : undefined,
      diarize,
      prompt,
      attribution,
      compatible,
      wordTimes: wordTimestamps,
      pauseSeconds: pauseThresholdSeconds,
      clips: clips && joinSegments(clips.map(closed)),
    }),
  };
}

/** `null` where the language is to be found out. */
function languageCode(tag: string | undefined): string | null {
  if (tag === undefined || tag === 'auto' || tag === 'mixed') return null;
  const code = languageOfTag(tag);
  if (code !== undefined) return code;
  throw new InvalidInputError(
    'invalid_option',
    `Expected auto, mixed or the code of a language, such as en, got ${JSON.stringify(tag.slice(0, 20))}.`,
    { details: { option: 'language' } },
  );
}

function closed({
  startSeconds,
  endSeconds = Infinity,
}: Partial<Segment> & { startSeconds: number }): Segment {
  return { startSeconds, endSeconds };
}
