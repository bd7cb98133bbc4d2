/** Offline diarization: who spoke when in a whole recording. */
import { noSamples } from '../audio/no-samples.ts';
import { SpeechRaiser } from '../audio/level/quiet-speech.ts';
import type { AudioBlocks, AudioStream } from '../audio/waveform.ts';
import { throwIfAborted } from '../errors.ts';
import { DEFAULT_OBSERVE_OPTIONS, observe, type ObserveContext } from '../observation/observe.ts';
import type { Observations } from '../resolution/observations.ts';
import { samplesToSeconds, secondsToSamples } from '../timeline/sliding-window.ts';
import type { DiarizationResult, ResultWarning } from '../result/result.ts';
import type { DiarizationModels } from './diarization-models.ts';
import type { DiarizationPreset } from './presets.ts';
import { resolveRecording, type ResolveRecordingOptions } from './resolve-recording.ts';
import { policiesOf } from '../resolution/policies.ts';

/** How far a long step is; `total` is null where the end is not known. */
export type DiarizeProgress = {
  readonly stage: 'observe' | 'resolve';
  /** Seconds of audio. */
  readonly done: number;
  readonly total: number | null;
};

/** What a run may call while it works. */
export type DiarizeContext = {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: DiarizeProgress) => void) | undefined;
  readonly onObserved?: ObserveContext['onObserved'];
  /** Seconds from any fixed moment, for the timings of the result. */
  readonly now: () => number;
};

/** Everything that diarization finds; `result` alone is meant for callers outside. */
export type DiarizedRecording = {
  readonly result: DiarizationResult;
  /** Mean embedding by speaker label, for naming speakers; biometric. */
  readonly centroids: ReadonlyMap<string, Float32Array>;
  /** What the models saw, to be resolved anew with other bounds. */
  readonly observations: Observations;
};

/**
 * Diarizes a recording: audio, observations, turns. The audio is closed, whatever happens.
 *
 * @throws InvalidInputError `audio_too_short` without a single sample, `invalid_option`, and what the audio throws
 * @throws ModelError, CanceledError
 */
export async function diarize(
  audio: AudioStream,
  models: DiarizationModels,
  options: ResolveRecordingOptions,
  context: DiarizeContext,
): Promise<DiarizedRecording> {
  const { signal, onProgress, now } = context;
  const started = now();
  const { blocks, warnings } = heardBy(models.preset, audio);
  const observed = observeRecording({ ...audio, blocks }, models, context);
  const observations = await observed.finally(audio.close);
  if (observations.sampleCount === 0) throw noSamples();
  const durationSeconds = samplesToSeconds(observations.sampleCount);
  onProgress?.({ stage: 'resolve', done: 0, total: durationSeconds });
  const observedAt = now();
  const resolved = resolveRecording(observations, models.preset, options, {
    ...models.clustering,
    onTick: () => throwIfAborted(signal),
  });
  onProgress?.({ stage: 'resolve', done: durationSeconds, total: durationSeconds });
  return {
    ...resolved,
    observations,
    result: {
      ...resolved.result,
      models: models.uses,
      provider: models.provider,
      warnings: [...warnings(), ...resolved.result.warnings],
      timings: { observeSeconds: observedAt - started, resolveSeconds: now() - observedAt },
    },
  };
}

/** A recording as the models of a preset hear it, and what is to be said of that once it was heard. */
export function heardBy(
  preset: DiarizationPreset,
  { blocks }: AudioStream,
): { readonly blocks: AudioBlocks; readonly warnings: () => readonly ResultWarning[] } {
  // A preset that does as pyannote does hears what pyannote hears.
  if (!policiesOf(preset.resolution).raisesQuietSpeech) return { blocks, warnings: () => [] };
  const raiser = new SpeechRaiser();
  return { blocks: raiser.raise(blocks), warnings: () => raiser.warnings };
}

function observeRecording(
  { blocks, expectedSeconds }: AudioStream,
  models: DiarizationModels,
  { signal, onProgress, onObserved }: DiarizeContext,
): Promise<Observations> {
  const total = expectedSeconds ?? null;
  const chunkHopSamples = secondsToSamples(models.preset.chunkHopSeconds);
  return observe(
    blocks,
    models,
    { ...DEFAULT_OBSERVE_OPTIONS, chunkHopSamples },
    {
      signal,
      onObserved,
      onProgress: (samples) => onProgress?.({ stage: 'observe', done: samplesToSeconds(samples), total }),
    },
  );
}
