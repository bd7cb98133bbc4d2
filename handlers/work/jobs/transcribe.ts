import { DEFAULT_PRESET } from '../../../core/diarization/presets.ts';
import { joinSegments } from '../../../core/timeline/join-segments.ts';
import { renameKnownSpeakers } from '../../../core/transcript/rename-speakers.ts';
import type { TranscriptResult } from '../../../core/result/result.ts';
import {
  DEFAULT_TRANSCRIPTION_OPTIONS,
  type TranscriptionOptions,
} from '../../../core/transcription/transcribe.ts';
import type { JobInputOf } from '../../../sdk/contract/index.ts';
import { transcriptionSetup } from '../../setup/composition.ts';
import { speakerBoundsOf } from './speaker-bounds.ts';
import { modelCallsOf, type TaskCall } from './task-call.ts';

type WireOptions = NonNullable<JobInputOf<'transcribe'>['options']>;

/** Who said what in one recording. */
export async function runTranscribe(call: TaskCall<'transcribe'>): Promise<TranscriptResult> {
  const { services, audio, signal, onProgress, onUtterance } = call;
  const wire = call.input.options ?? {};
  const options = optionsOf(wire);
  const preset = options.diarize ? (wire.preset ?? DEFAULT_PRESET) : undefined;
  const { model, align } = wire;
  const setup = await transcriptionSetup(
    services.models,
    { ...options, model, align, preset },
    modelCallsOf(call),
  );
  const result = await services.engine.run(
    'transcribe',
    {
      ...setup,
      options,
      channels: wire.channels ?? 'auto',
      audio: audio[0]!,
    },
    {
      signal,
      onProgress: ({ stage, done, total }) => onProgress(stage, done, total),
      onEvent: ({ utterance }) => onUtterance(utterance),
    },
  );
  return renameKnownSpeakers(result, new Map(Object.entries(wire.speakerNames ?? {})));
}

function optionsOf(wire: WireOptions): TranscriptionOptions {
  const { language, translate, diarize, wordTimestamps, pauseThresholdSeconds, clips, prompt, attribution } =
    wire;
  return {
    ...DEFAULT_TRANSCRIPTION_OPTIONS,
    ...speakerBoundsOf(wire),
    // Recognisers know languages, not their regions: en-GB is en.
    language: language === undefined || ['auto', 'mixed'].includes(language) ? null : language.split('-')[0]!,
    languagePerPiece: language === 'mixed',
    task: translate ? 'translate' : 'transcribe',
    diarize: diarize ?? true,
    prompt,
    attribution,
    ...(wordTimestamps === undefined ? {} : { wordTimes: wordTimestamps }),
    ...(pauseThresholdSeconds === undefined ? {} : { pauseSeconds: pauseThresholdSeconds }),
    ...(clips === undefined
      ? {}
      : {
          clips: joinSegments(
            clips.map(({ startSeconds, endSeconds = Infinity }) => ({ startSeconds, endSeconds })),
          ),
        }),
  };
}
