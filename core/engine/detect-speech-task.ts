import type { ModelFile } from '../inference/session.ts';
import { samplesToSeconds } from '../timeline/sliding-window.ts';
import type { Segment } from '../timeline/turns.ts';
import { type ModelUse, RESULT_SCHEMA_VERSION, type ResultFacts } from '../result/result.ts';
import { detectSpeech } from '../vad/detect-speech.ts';
import type { HysteresisOptions } from '../vad/hysteresis-options.ts';
import { openSilero } from '../vad/open-silero.ts';
import { VAD_CHUNK_SAMPLES } from '../vad/vad-chunk.ts';
import { openedOnce } from './opened-once.ts';
import type { TaskContext } from './task.ts';

export type DetectSpeechInput = {
  readonly model: ModelFile;
  readonly uses: readonly ModelUse[];
  readonly options: {
    readonly segmentation?: Partial<HysteresisOptions>;
    readonly includeProbabilities?: boolean | undefined;
  };
};

/** Where somebody speaks. */
export type DetectSpeechTaskResult = ResultFacts & {
  readonly speechSeconds: number;
  readonly segments: readonly Segment[];
  readonly probabilities?: { readonly hopSeconds: number; readonly values: readonly number[] };
};

/** In this thread, see `openSilero`. */
const openOnce = openedOnce((model: ModelFile) => openSilero(model));

/** Finds the speech in the recording of the job; silence is a result. */
export async function detectSpeechIn(
  { model, uses, options }: DetectSpeechInput,
  context: TaskContext,
): Promise<DetectSpeechTaskResult> {
  const { signal, progress } = context;
  const audio = await context.openAudio();
  const session = await openOnce(model, context).catch(async (error: unknown) => {
    await audio.close();
    throw error;
  });
  const started = performance.now();
  let sampleCount = 0;
  async function* heard(): AsyncGenerator<Float32Array> {
    for await (const block of audio.blocks) {
      sampleCount += block.length;
      progress({
        stage: 'detect',
        done: samplesToSeconds(sampleCount),
        total: audio.expectedSeconds ?? null,
      });
      yield block;
    }
  }
  const values: number[] = [];
  const segments: Segment[] = [];
  const found = detectSpeech(session, heard(), {
    segmentation: options.segmentation ?? {},
    signal,
    onProbabilities: (probabilities) => {
      if (options.includeProbabilities === true) values.push(...probabilities);
    },
  });
  for await (const { startSample, endSample } of found) {
    segments.push({ startSeconds: samplesToSeconds(startSample), endSeconds: samplesToSeconds(endSample) });
  }
  return {
    schemaVersion: RESULT_SCHEMA_VERSION,
    durationSeconds: samplesToSeconds(sampleCount),
    speechSeconds: segments.reduce((sum, { startSeconds, endSeconds }) => sum + endSeconds - startSeconds, 0),
    segments,
    ...(options.includeProbabilities === true
      ? { probabilities: { hopSeconds: samplesToSeconds(VAD_CHUNK_SAMPLES), values } }
      : {}),
    models: uses,
    provider: session.provider,
    timings: { detectSeconds: (performance.now() - started) / 1000 },
    warnings: [...context.warnings()],
  };
}
