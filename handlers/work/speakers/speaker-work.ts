/**
 * The tasks about voices, from recordings to results in the form of the contract: what the command, the worker and the
 * server have in common.
 */
import type { AudioRequest } from '../../../core/engine/audio-request.ts';
import type { EmbedTaskResult } from '../../../core/engine/tasks/embed-task.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import type { RunHooks } from '../../../core/engine/job-channel.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import { decide } from '../../../core/verification/compare.ts';
import type { EmbedRecordingOptions } from '../../../core/verification/embed-recording.ts';
import { requireSameSpace } from '../../../core/verification/scores/embedding-space.ts';
import type { EmbeddingSpace } from '../../../core/result/voice-terms.ts';
import { type IdentificationOptions, VoiceIndex } from '../../../core/verification/identify.ts';
import type { Threshold } from '../../../core/verification/scores/threshold.ts';
import { type PreparedVoice, VoiceScorer } from '../../../core/verification/scores/voice-scorer.ts';
import { type EnrolledVoice, speechSecondsOf } from '../../../core/verification/voices/voice.ts';
import type { SpeakerTools } from './speaker-setup.ts';

/** A known voice, as files and jobs give it. */
export type KnownVoice = {
  readonly name: string;
  readonly space: EmbeddingSpace;
  readonly vector: ArrayLike<number>;
  /** Of speech that it is made of; absent where nobody knows. */
  readonly speechSeconds?: number | undefined;
};

export type EmbedRequest = Partial<EmbedRecordingOptions> & { readonly includeWindows?: boolean | undefined };

/** What one recording costs and says, in the words of every result. */
function provenanceOf(results: readonly EmbedTaskResult[]) {
  const [first] = results as [EmbedTaskResult];
  const timings: Record<string, number> = {};
  for (const result of results) {
    for (const [stage, seconds] of Object.entries(result.timings))
      timings[stage] = (timings[stage] ?? 0) + seconds;
  }
  return {
    schemaVersion: first.schemaVersion,
    durationSeconds: results.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0),
    models: first.models,
    provider: first.provider,
    timings,
    warnings: results.flatMap(({ warnings }) => warnings),
  };
}

/** An enrolled voice as a known one. */
export function knownVoiceOf({ name, space, vector, samples }: EnrolledVoice): KnownVoice {
  return { name, space, vector, speechSeconds: speechSecondsOf(samples) };
}

/** Embeds and compares voices with the models of one encoder. */
export class SpeakerWork {
  readonly scorer: VoiceScorer;
  readonly #engine: Engine;
  readonly #tools: SpeakerTools;

  constructor(engine: Engine, tools: SpeakerTools) {
    this.#engine = engine;
    this.#tools = tools;
    this.scorer = new VoiceScorer(tools.scoring);
  }

  /** The vector of a recording, as the core has it. */
  embedAudio(audio: AudioRequest, options: EmbedRequest, hooks: RunHooks): Promise<EmbedTaskResult> {
    return this.#engine.run('embed', { ...this.#tools.setup, options, audio }, hooks);
  }

  /** The result of the task `embed`. */
  async embed(audio: AudioRequest, options: EmbedRequest, hooks: RunHooks) {
    const result = await this.embedAudio(audio, options, hooks);
    return {
      ...provenanceOf([result]),
      space: result.space,
      embedding: Array.from(result.embedding),
      quality: result.quality,
      ...(result.windows === undefined
        ? {}
        : {
            windows: result.windows.map((window) => ({ ...window, embedding: Array.from(window.embedding) })),
          }),
    };
  }

  /** The result of the task `compare`: do two recordings hold one voice? */
  async compare(
    pair: readonly [AudioRequest, AudioRequest],
    options: EmbedRequest & { readonly threshold?: Threshold | undefined },
    hooks: readonly [RunHooks, RunHooks],
  ) {
    this.scorer.thresholdOrDefault(options.threshold);
    const a = await this.embedAudio(pair[0], options, hooks[0]).catch(namingRecording(pair[0]));
    const b = await this.embedAudio(pair[1], options, hooks[1]).catch(namingRecording(pair[1]));
    return {
      ...provenanceOf([a, b]),
      ...decide(this.scorer, this.#prepare(a), this.#prepare(b), options.threshold),
      space: a.space,
      quality: [a.quality, b.quality],
    };
  }

  /** The result of the task `verify`: is the recording spoken by this voice? */
  async verify(
    audio: AudioRequest,
    voice: KnownVoice,
    options: EmbedRequest & { readonly threshold?: Threshold | undefined },
    hooks: RunHooks,
  ) {
    this.scorer.thresholdOrDefault(options.threshold);
    this.requireSpace(voice);
    const known = this.scorer.prepare(
      voice.vector,
      `The voice ${JSON.stringify(voice.name)}`,
      voice.speechSeconds,
    );
    const sample = await this.embedAudio(audio, options, hooks);
    return {
      ...provenanceOf([sample]),
      ...decide(this.scorer, known, this.#prepare(sample), options.threshold),
      voice: voice.name,
      space: sample.space,
      quality: [sample.quality],
    };
  }

  /** Packs voices to choose from; once for many recordings. */
  indexOf(voices: readonly KnownVoice[]): VoiceIndex {
    for (const voice of voices) this.requireSpace(voice);
    return new VoiceIndex(this.scorer, voices);
  }

  /** The result of the task `identify`: which of these voices is it, if any? */
  async identify(
    audio: AudioRequest,
    index: VoiceIndex,
    options: EmbedRequest & Partial<IdentificationOptions>,
    hooks: RunHooks,
  ) {
    const { threshold, minMargin, maxCandidates, ...embedding } = options;
    const resolved = this.scorer.thresholdOrDefault(threshold);
    const sample = await this.embedAudio(audio, embedding, hooks);
    const found = index.identify(this.#prepare(sample), {
      threshold: resolved,
      ...(minMargin === undefined ? {} : { minMargin }),
      ...(maxCandidates === undefined ? {} : { maxCandidates }),
    });
    return {
      ...provenanceOf([sample]),
      ...found,
      scale: found.threshold.scale,
      space: sample.space,
      quality: sample.quality,
    };
  }

  /** @throws InvalidInputError `embedding_space_mismatch` */
  requireSpace({ name, space }: KnownVoice): void {
    requireSameSpace(this.#tools.scoring.space, space, `The voice ${JSON.stringify(name)}`);
  }

  #prepare({ embedding, quality }: EmbedTaskResult): PreparedVoice {
    return this.scorer.prepare(embedding, 'The vector of the recording', quality.speechSeconds);
  }
}

/** What is wrong with a sample of two says which one it is. */
function namingRecording(audio: AudioRequest): (error: unknown) => never {
  return (error) => {
    const isOfSample =
      error instanceof InvalidInputError &&
      (error.code === 'insufficient_speech' || error.code === 'poor_quality');
    if (!isOfSample || !('name' in audio) || audio.name === undefined) throw error;
    const { code, message, details } = error;
    throw new InvalidInputError(code, `${audio.name}: ${message}`, { cause: error, details });
  };
}
