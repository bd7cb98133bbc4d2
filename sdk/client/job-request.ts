import { describeFieldErrors, parseJobInput } from '../contract/parse-job-input.ts';
import { SCHEMA_VERSION } from '../contract/results/schema-version.ts';
import type { AudioInput } from '../audio/audio-input.ts';
import { InvalidRequestError } from '../errors/errors.ts';
import { randomId } from '../random-id.ts';
import type { JobPolicy } from '../transport/transport.ts';
import type { AudioSource, JobInput, OutputRequest, Task } from '../wire.ts';

/** What every request may say besides its audio and options. */
export type CommonRequest = {
  /** Files to render on the worker, and where results go. @default the result alone, in the reply */
  readonly output?: OutputRequest | undefined;
  /** Gets a signed POST when the job has ended; check it with `verifyWebhook`. @default nobody is told */
  readonly webhook?: string | undefined;
  /**
   * Names the job, for when it is sent twice: a service that knows keys runs it once. The local platform does, RunPod
   * does not. @default a random one
   */
  readonly idempotencyKey?: string | undefined;
  /**
   * The worker yields events while it works, for `job.events()`; `client.stream` asks for them by itself.
   *
   * @default false
   */
  readonly stream?: boolean | undefined;
  /** Comes back untouched with the result. @default none */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** What the platform does with the job. @default the client's own */
  readonly policy?: JobPolicy | undefined;
};

type OptionsOf<T extends Task> = NonNullable<Extract<JobInput, { task: T }>['options']>;
type Loose<T> = { readonly [Key in keyof T]: T[Key] | undefined };

/** What the audio of a task is: two recordings to compare, else one. */
export type AudioOf<T extends Task> = T extends 'compare' ? readonly [AudioInput, AudioInput] : AudioInput;

/** A request for one task, as `{ audio, numSpeakers: 2 }`. */
export type RequestOf<T extends Task> = { readonly audio: AudioOf<T> } & CommonRequest & Loose<OptionsOf<T>>;

/** A request that names its task; `audio` may be several recordings. */
export type SubmitRequest<T extends Task = Task> = T extends Task
  ? { readonly task: T; readonly audio: AudioOf<T> | readonly AudioInput[] } & CommonRequest &
      Loose<OptionsOf<T>>
  : never;

/** A request that was checked, all but the audio itself. */
export type PreparedRequest = {
  readonly task: Task;
  readonly audio: readonly AudioInput[];
  readonly policy: JobPolicy | undefined;
  /** The job with a placeholder for its audio. */
  readonly withoutAudio: JobInput;
  /** The job, once its audio is where a worker can read it. */
  complete(sources: readonly AudioSource[]): JobInput;
};

/** Stands in for audio that has not been read yet, or that never travels inside a job. */
const PLACEHOLDER: AudioSource = { url: 'https://placeholder.invalid/' };

function defined(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function checked(input: unknown): JobInput {
  const parsed = parseJobInput(input, { strict: true });
  if (parsed.ok) return parsed.value;
  throw new InvalidRequestError(
    'invalid_option',
    `The request is wrong: ${describeFieldErrors(parsed.errors)}.`,
    {
      details: { fields: parsed.errors.map(({ path }) => path) },
    },
  );
}

/**
 * Turns a flat request into a job and checks it before anything is read or sent.
 *
 * @throws InvalidRequestError `invalid_option` that names every wrong field
 */
export function prepareRequest(request: SubmitRequest): PreparedRequest {
  const { task, audio, policy, output, webhook, stream, metadata, idempotencyKey, ...options } = request;
  const list: readonly AudioInput[] = Array.isArray(audio)
    ? (audio as readonly AudioInput[])
    : [audio as AudioInput];
  const job = {
    schemaVersion: SCHEMA_VERSION,
    task,
    ...defined({ output, webhook, stream, metadata }),
    idempotencyKey: idempotencyKey ?? randomId(),
    options: defined(options),
  };
  const audioField = (sources: readonly AudioSource[]): unknown =>
    task === 'compare' || sources.length !== 1 ? sources : sources[0];
  return {
    task,
    audio: list,
    policy,
    withoutAudio: checked({ ...job, audio: audioField(list.map(() => PLACEHOLDER)) }),
    complete: (sources) => checked({ ...job, audio: audioField(sources) }),
  };
}
