import type { IncomingMessage, ServerResponse } from 'node:http';
import type { VoiceStore } from '../../core/verification/voices/voice-store.ts';
import type { JobServices } from '../work/jobs/job-services.ts';
import type { JobDesk } from './desk/job-desk.ts';
import type { JobEdits } from './desk/job-edits.ts';
import type { PlayableSounds } from './desk/playable-sounds.ts';
import type { RecordingPeaks } from './desk/recording-peaks.ts';
import type { RecordingStore } from './desk/recording-store.ts';
import type { Caller } from './http/keys.ts';
import type { Spool } from './http/spool.ts';
import type { UploadLimits } from './http/upload-limits.ts';

/** What routes work with. */
export type ServerContext = {
  readonly desk: JobDesk;
  readonly edits: JobEdits;
  readonly recordings: RecordingStore;
  readonly peaks: RecordingPeaks;
  readonly playable: PlayableSounds;
  readonly voices: VoiceStore;
  /** Where everything is written. */
  readonly folder: string;
  readonly spool: Spool;
  readonly services: JobServices;
  readonly limits: UploadLimits;
  /** Presets and recognisers that were loaded before it was ready. */
  readonly preloaded: readonly string[];
  /** Whether jobs may name an address that is told when they have ended: with a secret to sign with. */
  readonly hasWebhooks: boolean;
  /** How long ended jobs and their recordings are kept; `Infinity`: until they are erased. */
  readonly keepSeconds: number;
};

/** What the order of work gives each route. */
export type RequestVariables = {
  readonly requestId: string;
  readonly caller: Caller;
};

/** Hono's types for our routes. */
export type ServerEnvironment = {
  Variables: RequestVariables;
  /** Absent where the app is asked without a socket. */
  Bindings: { readonly incoming?: IncomingMessage; readonly outgoing?: ServerResponse };
};
