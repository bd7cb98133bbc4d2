import type { SerializedError } from '../../serialized-error.ts';
import type { ExecutionProvider, ProviderChoice, SessionWarning } from '../execution-provider.ts';
import type { ChainRun } from '../session-chain.ts';
import type { ModelFile, Tensor } from '../session.ts';

/** What the pool asks of a lane; each gets one reply with the same `id`. */
export type LaneRequest = { readonly id: number } & LaneCall;

/** A step whose session is named by its number. */
export type LaneStep = Omit<ChainRun, 'session'>;

export type LaneCall =
  | { readonly kind: 'resolve-provider'; readonly choice: ProviderChoice }
  | {
      readonly kind: 'open';
      readonly session: number;
      readonly model: ModelFile;
      /** To run in place of the file's graph. */
      readonly graph: { readonly form: string; readonly bytes?: Uint8Array } | undefined;
      /** Where the graph is kept as the runtime made it ready; without its bytes it must be there. */
      readonly saved: string | undefined;
      readonly provider: ExecutionProvider;
    }
  | {
      readonly kind: 'run';
      readonly session: number;
      readonly feeds: Readonly<Record<string, Tensor>>;
      readonly fetches: readonly string[] | undefined;
    }
  /** A computation that the lane knows by its name. */
  | { readonly kind: 'work'; readonly session: number; readonly name: string; readonly input: unknown }
  /** A run of a chain; its first run starts it. */
  | { readonly kind: 'chain-run'; readonly session: number; readonly chain: number; readonly step: LaneStep }
  | { readonly kind: 'chain-release'; readonly chain: number }
  | { readonly kind: 'release'; readonly session: number }
  /** Releases everything and lets the thread end. */
  | { readonly kind: 'close' };

/** What a lane answers by kind of call. */
export type LaneResults = {
  'resolve-provider': {
    readonly provider: ExecutionProvider;
    readonly warnings: readonly SessionWarning[];
  };
  open: {
    readonly inputNames: readonly string[];
    readonly outputNames: readonly string[];
    readonly form: string | undefined;
  };
  run: Record<string, Tensor>;
  work: unknown;
  'chain-run': Record<string, Tensor>;
  'chain-release': undefined;
  release: undefined;
  close: undefined;
};

export type LaneReply =
  | { readonly id: number; readonly value: LaneResults[keyof LaneResults] }
  | { readonly id: number; readonly error: SerializedError };
