import { DependencyError } from '../../../core/errors.ts';
import type { EventListener, OnEventProblem, OnHint } from './event-listener.ts';
import { takeMessage } from './take-message.ts';

/** Messages are gone within a second; this is what a process that dies leaves to others. */
const VISIBILITY_SECONDS = 60;

/** A message of somebody else comes back after so long, up to the redrive policy of its queue. */
const LONG_POLL_SECONDS = 20;

export type SqsEventsOptions = {
  readonly queueUrl: string;
  readonly region?: string | undefined;
  /** A store of messages that is not AWS: also what tests use. */
  readonly endpoint?: string | undefined;
  readonly bucket: string;
  /** @default 20 s */
  readonly waitSeconds?: number;
};

/**
 * Takes notifications from an SQS queue. A message is deleted once it is understood: what it said is kept by the store
 * itself. Those of other buckets stay, for whoever waits for them or for the queue's dead letters.
 *
 * @throws DependencyError where `sqs-consumer` and `@aws-sdk/client-sqs` are not installed
 */
export async function listenToSqs(
  options: SqsEventsOptions,
  onHint: OnHint,
  onProblem: OnEventProblem,
): Promise<EventListener> {
  const { queueUrl, bucket, endpoint, waitSeconds = LONG_POLL_SECONDS } = options;
  const { Consumer, SQSClient } = await loadPackages();
  const client = new SQSClient({
    region: options.region ?? regionOf(queueUrl),
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  const consumer = Consumer.create({
    queueUrl,
    sqs: client,
    batchSize: 10,
    waitTimeSeconds: waitSeconds,
    visibilityTimeout: VISIBILITY_SECONDS,
    useQueueUrlAsEndpoint: endpoint === undefined,
    suppressFifoWarning: true,
    handleMessageBatch: (messages) =>
      Promise.resolve(
        messages.filter(({ Body }) => takeMessage(Body ?? '', bucket, onHint, onProblem) === 'taken'),
      ),
  });
  const told = (error: Error): void =>
    onProblem(`The queue of events answers with ${error.name}; listings go on.`);
  consumer.on('error', told);
  consumer.on('processing_error', told);
  consumer.start();
  return {
    description: 'SQS',
    close: async () => {
      const stopped = new Promise<void>((resolve) => consumer.once('stopped', () => resolve()));
      consumer.stop({ abort: true });
      await stopped;
      client.destroy();
    },
  };
}

/** Few need them, so they are not installed with Colloquy. */
async function loadPackages() {
  try {
    const [{ Consumer }, { SQSClient }] = await Promise.all([
      import('sqs-consumer'),
      import('@aws-sdk/client-sqs'),
    ]);
    return { Consumer, SQSClient };
  } catch (cause) {
    throw new DependencyError(
      'dependency_missing',
      'Events from SQS need two packages: npm install sqs-consumer@14 @aws-sdk/client-sqs@3, where colloquy is installed.',
      { cause },
    );
  }
}

function regionOf(queueUrl: string): string {
  return /^https:\/\/sqs\.([a-z0-9-]+)\./.exec(queueUrl)?.[1] ?? 'us-east-1';
}
