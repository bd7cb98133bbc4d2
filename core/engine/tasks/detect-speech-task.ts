import { SpeechRaiser } from '../../audio/level/quiet-speech.ts';
import type { AudioStream } from '../../audio/waveform.ts';
import type { ModelFile, Session } from '../../inference/session.ts';
import { samplesToSeconds } from '../../timeline/sliding-window.ts';
import type { Segment } from '../../timeline/turns.ts';
import { type ModelUse, RESULT_SCHEMA_VERSION, type ResultFacts } from '../../result/result.ts';
import { detectSpeech } from '../../vad/detect-speech.ts';
import type { HysteresisOptions } from '../../vad/hysteresis-options.ts';
import { openSilero } from '../../vad/open-silero.ts';
import { VAD_CHUNK_SAMPLES } from '../../vad/vad-chunk.ts';
import { openedOnce } from './opened-once.ts';
import type { TaskContext } from './task.ts';
import { counted } from './counted.ts';
import { workOnRecording } from './work-on-recording.ts';

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
export function detectSpeechIn(
  input: DetectSpeechInput,
  context: TaskContext,
): Promise<DetectSpeechTaskResult> {
  return workOnRecording(context, {
    open: context.openAudio,
    load: () => openOnce(input.model, context),
    work: (audio, session) => findSpeech(audio, session, input, context),
  });
}

async function findSpeech(
  audio: AudioStream,
  session: Session,
  { uses, options: { segmentation = {}, includeProbabilities } }: DetectSpeechInput,
  { signal, progress, now }: TaskContext,
): Promise<DetectSpeechTaskResult> {
  const started = now();
  const total = audio.expectedSeconds ?? null;
  let sampleCount = 0;
  const blocks = counted(audio.blocks, (samples) => {
    sampleCount += samples;
    progress({ stage: 'detect', done: samplesToSeconds(sampleCount), total });
  });
  const values: number[] = [];
  const segments: Segment[] = [];
  const raiser = new SpeechRaiser();
  const found = detectSpeech(session, raiser.raise(blocks), {
    segmentation,
    signal,
    ...(includeProbabilities === true
      ? { onProbabilities: (probabilities: Float32Array) => values.push(...probabilities) }
      : {}),
  });
  for await (const { startSample, endSample } of found) {
    segments.push({ startSeconds: samplesToSeconds(startSample), endSeconds: samplesToSeconds(endSample) });
  }
  const hopSeconds = samplesToSeconds(VAD_CHUNK_SAMPLES);
  return {
    schemaVersion: RESULT_SCHEMA_VERSION,
    durationSeconds: samplesToSeconds(sampleCount),
    speechSeconds: segments.reduce((sum, { startSeconds, endSeconds }) => sum + endSeconds - startSeconds, 0),
    segments,
    ...(includeProbabilities === true ? { probabilities: { hopSeconds, values } } : {}),
    models: uses,
    provider: session.provider,
    timings: { detectSeconds: now() - started },
    warnings: raiser.warnings,
  };
}
