import type { VoiceStore } from '../../core/verification/voices/voice-store.ts';
import type { WebhookSender } from '../work/webhook/webhook-sender.ts';
import type { TlsFiles } from './http/tls-files.ts';
import type { LegacySystem } from './legacy/index.ts';
import type { AnswerFacts } from './operation/access-log.ts';
import type { EndedJobFacts } from './operation/job-log.ts';
import type { BodySpeed } from './operation/slow-bodies.ts';

/** How a server is run; everything has a default. */
export type ServeOptions = {
  /** @default '127.0.0.1' */
  readonly host?: string;
  /** 0 takes a free one. @default 8000 */
  readonly port?: number;
  /** Keeps jobs and recordings over restarts. @default a temporary folder that goes with the process */
  readonly dataFolder?: string | undefined;
  /** How long ended jobs are kept. @default 86400 s */
  readonly keepSeconds?: number;
  /** File of keys; see `Keys`. @default none, which only loopback may have */
  readonly keysFile?: string | undefined;
  /** A key with every scope, for containers whose secrets are variables. @default none */
  readonly key?: string | undefined;
  /** Certificate and key of the server, as PEM: it speaks https and wss then. @default none */
  readonly tls?: TlsFiles | undefined;
  /** A second port, of this machine alone, for clients of diart: it knows no keys. @default none */
  readonly diartPort?: number | undefined;
  /** @default none */
  readonly corsOrigins?: readonly string[];
  /** Jobs at a time. @default 1 */
  readonly concurrency?: number;
  /** Jobs that may wait. @default 100 */
  readonly maxQueue?: number;
  /** Presets and recognisers that are loaded before the server is ready. */
  readonly preload?: readonly string[];
  /** Opens the voices that are enrolled here. @default the folder `voices` beside the jobs, not encrypted */
  readonly openVoices?: (dataFolder: string) => VoiceStore;
  /** Serves the page at `/`. @default true */
  readonly hasPage?: boolean;
  /** Older systems whose routes are at the root, beside those under their prefix. @default all */
  readonly legacy?: ReadonlySet<LegacySystem>;
  /** Slower bodies are ended. @default 1 KiB a second over 20 s */
  readonly bodySpeed?: BodySpeed;
  /** Tells addresses that jobs name; it is closed with the server. @default none: such jobs are refused */
  readonly webhooks?: WebhookSender | undefined;
  readonly onAnswer?: (facts: AnswerFacts) => void;
  readonly onJobEnded?: (facts: EndedJobFacts) => void;
};
