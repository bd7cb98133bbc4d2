import { parseArgs } from 'node:util';

/** Flags of a worker, named as the original names them. */
export type WorkerArguments = {
  /** JSON text of one job to run and exit; an empty object counts as not given, as it does there. */
  readonly testInput: string | undefined;
  readonly serveApi: boolean;
  readonly apiHost: string;
  readonly apiPort: number;
  readonly logLevel: string | undefined;
  readonly help: boolean;
};

/** Shown by `--help`. */
export const WORKER_HELP = `usage: runpod-worker [options]

Takes jobs from RunPod when RUNPOD_WEBHOOK_GET_JOB is set; else runs one job from --test_input or test_input.json.

options:
  --test_input JSON      run this one job, print its result and exit
  --rp_serve_api         serve /run, /runsync, /stream and /status on this machine instead
  --rp_api_host HOST     where to serve them (default localhost)
  --rp_api_port PORT     where to serve them (default 8000; 0 takes a free port)
  --rp_log_level LEVEL   ERROR, WARN, INFO or DEBUG
  --help                 show this text
`;

/** Reads the flags it knows and leaves all others alone, since programs around a worker have their own. */
export function parseWorkerArguments(argv: readonly string[]): WorkerArguments {
  const { values } = parseArgs({
    args: [...argv],
    strict: false,
    options: {
      test_input: { type: 'string' },
      rp_serve_api: { type: 'boolean' },
      rp_api_host: { type: 'string' },
      rp_api_port: { type: 'string' },
      rp_api_concurrency: { type: 'string' },
      rp_log_level: { type: 'string' },
      rp_debugger: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  return {
    testInput: text(values.test_input),
    serveApi: values.rp_serve_api === true,
    apiHost: text(values.rp_api_host) ?? 'localhost',
    apiPort: Number(text(values.rp_api_port) ?? 8000),
    logLevel: text(values.rp_log_level),
    help: values.help === true,
  };
}
