import type { AudioWarning } from '../audio/audio-warning.ts';
import type { PcmStream } from '../audio/pcm-stream.ts';
import type { AudioStream } from '../audio/waveform.ts';
import type { ExecutionProvider, SessionWarning } from '../inference/execution-provider.ts';
import type { SessionOpener } from '../inference/session.ts';
import type { TaskProgress } from './messages.ts';

/** What the engine gives a running task. */
export type TaskContext = {
  /** Aborted when the job is canceled: a task ends soon after. */
  readonly signal: AbortSignal;
  readonly provider: ExecutionProvider;
  /** A loaded model; the engine keeps it for later tasks. */
  readonly openSession: SessionOpener;
  /** The recording of the job; once. */
  readonly openAudio: () => Promise<AudioStream>;
  /** The same at its own rate, with all its channels; instead of `openAudio`, once. */
  readonly openPcm: () => Promise<PcmStream>;
  /** What was noticed so far about the audio and the models; a task puts it into its result. */
  readonly warnings: () => readonly (AudioWarning | SessionWarning)[];
  readonly progress: (progress: TaskProgress) => void;
  readonly emit: (event: unknown) => void;
};

/** A use case as the engine runs it. Input, events and result are plain data: they cross a process border. */
export type EngineTask<Input, Result> = (input: Input, context: TaskContext) => Promise<Result>;
