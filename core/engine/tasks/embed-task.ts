import { RESULT_SCHEMA_VERSION, type ResultFacts } from '../../result/result.ts';
import {
  type EmbedRecordingOptions,
  embedRecording,
  type WindowEmbedding,
} from '../../verification/embed-recording.ts';
import type { EmbeddingSpace } from '../../result/voice-terms.ts';
import {
  openSpeakerModels,
  type SpeakerModelFiles,
  type SpeakerModels,
  type SpeakerSetup,
} from '../../verification/speaker-models.ts';
import type { VoiceQuality } from '../../result/voice-terms.ts';
import { openedOnce } from './opened-once.ts';
import type { TaskContext } from './task.ts';
import { workOnRecording } from './work-on-recording.ts';

export type EmbedInput = SpeakerSetup & {
  readonly options: Partial<EmbedRecordingOptions> & { readonly includeWindows?: boolean | undefined };
};

/** The vector of a voice and how it was made; `durationSeconds` is of the range where one was asked for. */
export type EmbedTaskResult = ResultFacts & {
  readonly space: EmbeddingSpace;
  readonly embedding: Float32Array;
  readonly quality: VoiceQuality;
  readonly windows?: readonly WindowEmbedding[];
};

const openOnce = openedOnce((setup: SpeakerModelFiles, { openSession }) =>
  openSpeakerModels(setup, openSession),
);

/** Loads the models, so that the first recording does not wait for them. */
export async function loadSpeakerModels(setup: SpeakerSetup, context: TaskContext): Promise<undefined> {
  await modelsOf(setup, context);
  await context.prepareSessions();
}

/** Embeds the voice in the recording of the job. */
export function embedVoice(input: EmbedInput, context: TaskContext): Promise<EmbedTaskResult> {
  return workOnRecording(context, {
    open: context.openAudio,
    load: () => modelsOf(input, context),
    work: async (audio, models) => {
      const { signal, progress, now } = context;
      const { includeWindows, ...options } = input.options;
      const total = options.range?.endSeconds ?? audio.expectedSeconds ?? null;
      const started = now();
      const embedded = await embedRecording(audio.blocks, models, options, {
        signal,
        onProgress: (done) => progress({ stage: 'embed', done, total }),
      });
      const { embedding, quality, windows, embeddedSeconds, warnings } = embedded;
      return {
        schemaVersion: RESULT_SCHEMA_VERSION,
        durationSeconds: embeddedSeconds,
        space: input.space,
        embedding,
        quality,
        ...(includeWindows === true ? { windows } : {}),
        models: input.uses,
        provider: context.provider,
        timings: { embedSeconds: now() - started },
        warnings,
      };
    },
  });
}

/** `uses` tells a result what the models are, not which they are. */
function modelsOf(
  { encoder, frontEnd, space, speech }: SpeakerSetup,
  context: TaskContext,
): Promise<SpeakerModels> {
  return openOnce({ encoder, frontEnd, space, speech }, context);
}
