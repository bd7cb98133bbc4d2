import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a request meets instead of, or besides, its answer. */
export type Fault =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  /** The connection is cut before the request is handled, or after it was (a lost reply). */
  | 'reset'
  | 'reset-after'
  /** Headers come, the body never ends. */
  | 'slow-body'
  | 'no-answer'
  | 'truncated-json'
  | 'html';

/** A job as the platform keeps it. */
export type FakeJob = {
  id: string;
  status: string;
  input: unknown;
  output?: unknown;
  error?: unknown;
  looks: number;
  stream: unknown[];
};

/** One request as it came. */
export type FakeRequest = {
  readonly route: string;
  readonly method: string;
  readonly body: unknown;
  readonly headers: IncomingMessage['headers'];
};

/** RunPod's public queue API on loopback, with faults on demand. One endpoint, `ep`. */
export class FakePlatform {
  readonly requests: FakeRequest[] = [];
  readonly jobs = new Map<string, FakeJob>();
  /** Says what the n-th request (from 0) of a route meets. */
  fault: (route: string, n: number) => Fault | undefined = () => undefined;
  /** Called at every look at a job: moves it on. */
  work: (job: FakeJob) => void = (job) => complete(job, diarizeOutput());
  readonly #counts = new Map<string, number>();
  readonly #server = createServer((request, response) => void this.#handle(request, response));
  baseUrl = '';

  static async start(): Promise<FakePlatform> {
    const platform = new FakePlatform();
    await new Promise<void>((resolve) => platform.#server.listen(0, '127.0.0.1', resolve));
    platform.baseUrl = `http://127.0.0.1:${(platform.#server.address() as AddressInfo).port}/v2`;
    return platform;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Forgets everything. */
  reset(): void {
    this.requests.length = 0;
    this.jobs.clear();
    this.#counts.clear();
    this.fault = () => undefined;
    this.work = (job) => complete(job, diarizeOutput());
  }

  routes(): string[] {
    return this.requests.map(({ route }) => route);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const [, , , route = '', id] = (request.url ?? '').split('?')[0]!.split('/');
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    this.requests.push({ route, method: request.method ?? '', body, headers: request.headers });
    const n = this.#counts.get(route) ?? 0;
    this.#counts.set(route, n + 1);
    const fault = this.fault(route, n);
    if (fault === 'reset') return void response.destroy();
    if (fault === 'no-answer') return;
    if (typeof fault === 'object') {
      return void response.writeHead(fault.status, fault.headers).end(fault.body ?? '{"error":"fault"}');
    }
    if (fault === 'html') return void response.writeHead(200).end('<html>SECRET PAGE</html>');
    const [status, reply] = this.#answer(route, id, body);
    if (fault === 'reset-after') return void response.destroy();
    const json = JSON.stringify(reply);
    response.writeHead(status, { 'content-type': 'application/json' });
    if (fault === 'truncated-json') return void response.end(json.slice(0, -5));
    if (fault === 'slow-body') return void response.write(json.slice(0, 3));
    response.end(json);
  }

  #answer(route: string, id: string | undefined, body: unknown): [number, unknown] {
    if (route === 'run') {
      const job: FakeJob = {
        id: `job-${this.jobs.size}-e1`,
        status: 'IN_QUEUE',
        input: (body as { input: unknown }).input,
        looks: 0,
        stream: [],
      };
      this.jobs.set(job.id, job);
      return [200, { id: job.id, status: job.status }];
    }
    const job = this.jobs.get(decodeURIComponent(id ?? ''));
    if (job === undefined) return [404, { error: 'job not found' }];
    if (route === 'cancel') {
      job.status = 'CANCELLED';
      return [200, { id: job.id, status: job.status }];
    }
    if (!isFinal(job.status)) this.work(job);
    job.looks++;
    if (route === 'stream') {
      const stream = job.stream.splice(0).map((output) => ({ output }));
      return [200, { status: job.status, stream }];
    }
    const { status, output, error } = job;
    return [
      200,
      {
        id: job.id,
        status,
        delayTime: 1,
        ...(output === undefined ? {} : { output }),
        ...(error === undefined ? {} : { error }),
      },
    ];
  }
}

function isFinal(status: string): boolean {
  return ['COMPLETED', 'FAILED', 'CANCELLED', 'TIMED_OUT'].includes(status);
}

/** Ends a job with an output. */
export function complete(job: FakeJob, output: unknown): void {
  job.status = 'COMPLETED';
  job.output = output;
}

/** Ends a job with an error. */
export function fail(job: FakeJob, error: unknown): void {
  job.status = 'FAILED';
  job.error = error;
}

const TURN = { startSeconds: 0, endSeconds: 1.5, speaker: 'SPEAKER_00', confidence: 0.9 };
const DIARIZATION = {
  schemaVersion: 1,
  durationSeconds: 2,
  speakers: [{ label: 'SPEAKER_00', speakingSeconds: 1.5, turnCount: 1 }],
  turns: [TURN],
  exclusiveTurns: [TURN],
  models: [],
  provider: 'cpu',
  timings: {},
  warnings: [],
};
const WORD = { startSeconds: 0, endSeconds: 1.5, text: 'Hello.', speaker: 'SPEAKER_00' };

/** What a worker returns for `diarize`. */
export function diarizeOutput(recordings = 1): unknown {
  const results = Array.from({ length: recordings }, (_, index) => ({ index, result: DIARIZATION }));
  return { schemaVersion: 1, task: 'diarize', results, warnings: [] };
}

/** What a worker returns for `transcribe`. */
export function transcribeOutput(): unknown {
  const utterance = {
    startSeconds: 0,
    endSeconds: 1.5,
    speaker: 'SPEAKER_00',
    text: 'Hello.',
    words: [WORD],
  };
  const result = { ...DIARIZATION, language: 'en', utterances: [utterance], words: [WORD], pauses: [] };
  return { schemaVersion: 1, task: 'transcribe', results: [{ index: 0, result }], warnings: [] };
}
