/** What the server of a live session says: events with their place in the session, and a few answers. */
import type { LiveEvent } from '../../core/result/live/live-events.ts';

/** The session is open, or open again. */
export type LiveReady = {
  readonly type: 'ready';
  readonly sessionId: string;
  /** Whoever has it can take the session over: a secret. */
  readonly resumeToken: string;
  readonly resumeSeconds: number;
  /** Bytes of sound that the server has: go on from here. */
  readonly heardBytes: number;
};

export type LiveServerMessage =
  /**
   * `seq` ascends by one from event to event. A `status` says too how many bytes of sound the server has; a `result` the
   * job that the session is kept as.
   */
  | (LiveEvent & { readonly seq: number; readonly heardBytes?: number; readonly jobId?: string })
  | LiveReady
  | { readonly type: 'pong'; readonly id?: string }
  /** Then the socket is closed. */
  | {
      readonly type: 'error';
      readonly code: string;
      readonly message: string;
      readonly retryable: boolean;
    };
