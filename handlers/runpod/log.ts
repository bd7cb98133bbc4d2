/** Levels from chatty to silent; a logger writes its own level and everything after it. */
export const LOG_LEVELS = ['NOTSET', 'TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'] as const;

/** How much is written: each level takes in those before it. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Writes one line about the worker, or about one job when its id is given. Never given inputs or outputs. */
export type WorkerLog = (level: LogLevel, message: string, jobId?: string) => void;

export type WorkerLogOptions = {
  readonly level: LogLevel;
  /** JSON lines, which the console of the platform filters by `requestId`; else text for people. */
  readonly json: boolean;
  readonly write: (line: string) => void;
};

/** Longer messages lose their middle, as the platform cuts them anyway. */
const MAX_MESSAGE_LENGTH = 4096;

/**
 * A log in the two forms of the platform: `{"requestId", "message", "level"}` a line, or `LEVEL  | job | message`.
 *
 * @param options where lines go and which ones
 */
export function createLog(options: WorkerLogOptions): WorkerLog {
  const threshold = LOG_LEVELS.indexOf(options.level);
  return (level, message, jobId) => {
    if (LOG_LEVELS.indexOf(level) < threshold) return;
    const text = shorten(message);
    options.write(
      options.json
        ? `${JSON.stringify({ requestId: jobId ?? null, message: text, level })}\n`
        : `${level.padEnd(6)} | ${jobId === undefined ? '' : `${jobId} | `}${text}\n`,
    );
  };
}

/** The log of a worker as a program: on stdout, as JSON where the platform reads it. */
export function createStandardLog({
  logLevel,
  endpointId,
}: {
  readonly logLevel: LogLevel;
  readonly endpointId: string | undefined;
}): WorkerLog {
  return createLog({
    level: logLevel,
    json: endpointId !== undefined,
    write: (line) => void process.stdout.write(line),
  });
}

function shorten(message: string): string {
  if (message.length <= MAX_MESSAGE_LENGTH) return message;
  const half = MAX_MESSAGE_LENGTH / 2 - 8;
  return `${message.slice(0, half)}\n…\n${message.slice(-half)}`;
}
