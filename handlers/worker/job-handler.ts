/** A job of RunPod's as a job of ours: what it brings along, its run, its events, its webhook. */
import type { SpeechError } from '../../core/errors.ts';
import type { JobOutput, StreamEvent } from '../../sdk/contract/index.ts';
import { debugText } from '../errors/debug-text.ts';
import { toSpeechError } from '../errors/to-speech-error.ts';
import type { JobContext, JobHandler } from '../runpod/jobs/handler.ts';
import type { RunpodJob } from '../runpod/jobs/job.ts';
import type { FetchPolicy } from '../work/fetch-audio/index.ts';
import type { JobServices } from '../work/jobs/job-services.ts';
import { checkJob, runCheckedJob } from '../work/jobs/run-job.ts';
import type { CheckedJob } from '../work/jobs/run-recordings.ts';
import { streamJob } from '../work/jobs/stream-job.ts';
import { parseS3Config } from '../work/s3/caller-store.ts';
import type { S3ResultOptions } from '../work/s3/s3-result-options.ts';
import type { WebhookSender } from '../work/webhook/webhook-sender.ts';
import { errorBodyOf } from '../work/jobs/error-body.ts';

export type JobHandlerParts = {
  /** Started by the first job, unless it was before. */
  readonly services: () => Promise<JobServices>;
  /** The operator's bucket; a job's own `s3Config` goes before it. */
  readonly files: S3ResultOptions | undefined;
  /** Which addresses jobs may name. */
  readonly policy: FetchPolicy;
  readonly webhooks: WebhookSender | undefined;
  /** Log the stacks of failures. */
  readonly debug: boolean;
};

/** What a job asks for, checked. */
type JobRequest = { readonly checked: CheckedJob; readonly files: S3ResultOptions | undefined };

/** The handler of Colloquy's worker. */
export function createJobHandler(parts: JobHandlerParts): JobHandler {
  const { policy, webhooks } = parts;

  function read(job: RunpodJob): JobRequest {
    const files = parseS3Config(job.s3Config, policy) ?? parts.files;
    return { checked: checkJob(job.input, { files }), files };
  }

  function logged(error: unknown, { log }: JobContext): SpeechError {
    const failure = toSpeechError(error);
    log('WARN', `Failed: ${failure.code}.`);
    if (parts.debug) log('ERROR', debugText(error));
    return failure;
  }

  async function run(
    job: RunpodJob,
    { checked, files }: JobRequest,
    context: JobContext,
    onEvent?: (event: StreamEvent) => void,
  ): Promise<JobOutput> {
    const { signal, progress, freePlace } = context;
    const ended = { jobId: job.id, input: checked.input };
    const delivery = { signal, onSlow: freePlace };
    try {
      const services = { ...(await parts.services()), files };
      const hooks = { requestId: job.id, signal, progress, onEvent, onSlowDelivery: freePlace };
      const result = await runCheckedJob(checked, services, hooks);
      await webhooks?.send(ended, delivery);
      return result;
    } catch (error) {
      const failure = logged(error, context);
      await webhooks?.send({ ...ended, error: errorBodyOf(failure, job.id) }, delivery);
      throw failure;
    }
  }

  return (job, context) => {
    let request: JobRequest;
    try {
      request = read(job);
    } catch (error) {
      throw logged(error, context);
    }
    if (request.checked.input.stream !== true) return run(job, request, context);
    return streamJob((signal, onEvent) => run(job, request, { ...context, signal }, onEvent), context.signal);
  };
}
