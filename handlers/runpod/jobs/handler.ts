import type { RunpodJob } from './job.ts';
import type { LogLevel } from '../log.ts';

/** What a handler may use while it works on one job. */
export type JobContext = {
  /** Aborted when the caller or the platform stops the job, or when the worker must end. Pass it on. */
  readonly signal: AbortSignal;
  /** Tells the caller how far the job is: any JSON value, shown as `output` while the job runs. */
  readonly progress: (value: unknown) => void;
  /**
   * Lets the next job start: the work on this one is done, and what remains (an upload, say) takes time but neither
   * processor nor memory worth speaking of. The job stays in progress until the handler returns.
   */
  readonly freePlace: () => void;
  /** Writes a log line under the id of the job. Never inputs or outputs. */
  readonly log: (level: LogLevel, message: string) => void;
};

/**
 * Does one job.
 *
 * Returns the output, or an async (or plain) iterator whose values are streamed to the caller one by one. A streamed
 * job's final output is what the generator returns, else the list of its values where the worker aggregates, else an
 * empty list. Objects with a truthy `error` fail the job; a truthy `refresh_worker` asks for a fresh worker.
 */
export type JobHandler<Input = unknown> = (job: RunpodJob<Input>, context: JobContext) => unknown;

/** A handler and what it takes its input for. */
export type TypedHandler<Input> = {
  readonly handler: JobHandler<Input>;
  /**
   * Checks an input and gives it the type of the handler, as `schema.parse` of zod does; what it throws fails the job.
   *
   * @default the input is passed on as it came: the author of the handler vouches for what callers send
   */
  readonly parseInput?: ((input: unknown) => Input) | undefined;
};

/** The handler as the worker calls it: with any input. */
export function handlerOfAnyInput<Input>({ handler, parseInput }: TypedHandler<Input>): JobHandler {
  // Without a parser nothing is known of an input; its type is the word of the handler's author.
  const typed = parseInput ?? ((input: unknown) => input as Input);
  return (job, context) => handler({ ...job, input: typed(job.input) }, context);
}
