import type { AudioWarning } from '../../audio/audio-warning.ts';
import type { PcmStream } from '../../audio/pcm-stream.ts';
import type { AudioStream } from '../../audio/waveform.ts';
import type { ExecutionProvider, SessionWarning } from '../../inference/execution-provider.ts';
import type { SessionOpener } from '../../inference/session.ts';

/** How far a task is: `done` of `total` in the unit of its stage, `total` null where the end is not known. */
export type TaskProgress = { readonly stage: string; readonly done: number; readonly total: number | null };

/** What the engine gives a running task. */
export type TaskContext<Event = never> = {
  /** Aborted when the job is canceled: a task ends soon after. */
  readonly signal: AbortSignal;
  readonly provider: ExecutionProvider;
  /** A loaded model; the engine keeps it for later tasks. */
  readonly openSession: SessionOpener;
  /** Makes all models that were opened ready in every lane: for tasks that load ahead. */
  readonly prepareSessions: () => Promise<void>;
  /** The recording of the job; once. Whoever opens it closes it. */
  readonly openAudio: () => Promise<AudioStream>;
  /** The same at its own rate, with all its channels; instead of `openAudio`, once. */
  readonly openPcm: () => Promise<PcmStream>;
  /** What was noticed so far about the audio and the models. */
  readonly warnings: () => readonly (AudioWarning | SessionWarning)[];
  /** Seconds from a fixed moment, for the timings of a result. */
  readonly now: () => number;
  readonly progress: (progress: TaskProgress) => void;
  readonly emit: (event: Event) => void;
};

/** A use case as the engine runs it. Input, events and result are plain data: they cross a process border. */
export type EngineTask<Input, Result, Event = never> = (
  input: Input,
  context: TaskContext<Event>,
) => Promise<Result>;
