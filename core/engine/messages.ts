import type { SerializedError } from '../serialized-error.ts';
import type { ExecutionProvider, ProviderChoice, SessionWarning } from '../inference/execution-provider.ts';
import type { AudioChunk, AudioDelivery } from './audio-request.ts';
import type { TaskProgress } from './tasks/task.ts';
import type { TaskName } from './tasks/tasks.ts';

/** From the parent to the engine child. */
export type ToEngine =
  | {
      readonly kind: 'start';
      readonly provider: ProviderChoice;
      readonly laneCount: number;
      readonly savedGraphs: string | undefined;
    }
  | {
      readonly kind: 'run';
      readonly job: number;
      readonly task: TaskName;
      readonly input: unknown;
      readonly audio: AudioDelivery;
    }
  | { readonly kind: 'audio'; readonly job: number; readonly chunk: AudioChunk }
  | { readonly kind: 'audio-end'; readonly job: number; readonly error?: SerializedError }
  | { readonly kind: 'cancel'; readonly job: number }
  | { readonly kind: 'close' };

/** What runs the models, found out when the child starts. */
export type EngineFacts = {
  readonly provider: ExecutionProvider;
  readonly laneCount: number;
  readonly warnings: readonly SessionWarning[];
};

/** From the engine child to the parent. */
export type FromEngine =
  | { readonly kind: 'ready'; readonly facts: EngineFacts }
  | { readonly kind: 'start-failed'; readonly error: SerializedError }
  /** The child took a chunk of pushed audio; one more may follow. */
  | { readonly kind: 'audio-taken'; readonly job: number }
  | { readonly kind: 'progress'; readonly job: number; readonly progress: TaskProgress }
  | { readonly kind: 'event'; readonly job: number; readonly event: unknown }
  | {
      readonly kind: 'result-part';
      readonly job: number;
      readonly field: string;
      readonly items: readonly unknown[];
    }
  | { readonly kind: 'result'; readonly job: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly job: number; readonly error: SerializedError };

/** Chunks of pushed audio that may be under way before the child took one: bounds the memory of both sides. */
export const PUSHED_CHUNKS_IN_FLIGHT = 8;
