/** What the page asks of its server, and nothing of anybody else. */
import type { Edit } from '../../core/result/edit.ts';
import { sentence } from './parts/sentence.ts';
import type { AnyResult, PageJob, PageRecording, PageVoice } from './page-types.ts';

/** A request that failed, with the server's words for it. */
export class RequestFailure extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Asks for a key when the server wants one; set by the page. */
export const session = { onKeyNeeded: (): void => undefined };

async function failureOf(reply: Response): Promise<RequestFailure> {
  if (reply.status === 401) session.onKeyNeeded();
  const body = (await reply.json().catch(() => undefined)) as { message?: string } | undefined;
  return new RequestFailure(reply.status, sentence(body?.message ?? `The server answered ${reply.status}.`));
}

/** @throws RequestFailure with status 0 where the server does not answer */
export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const reply = await fetch(path, { credentials: 'same-origin', ...init }).catch(() => {
    throw new RequestFailure(0, 'The server does not answer.');
  });
  if (!reply.ok) throw await failureOf(reply);
  return reply;
}

export async function askJson<T>(path: string, init: RequestInit = {}): Promise<T> {
  return (await (await ask(path, init)).json()) as T;
}

export async function listJobs(): Promise<readonly PageJob[]> {
  return (await askJson<{ jobs: PageJob[] }>('/v1/jobs?limit=100')).jobs;
}

export async function listRecordings(): Promise<readonly PageRecording[]> {
  return (await askJson<{ recordings: PageRecording[] }>('/v1/recordings')).recordings;
}

export async function listVoices(): Promise<readonly PageVoice[]> {
  return (await askJson<{ voices: PageVoice[] }>('/v1/voices')).voices;
}

export async function openSession(key: string): Promise<void> {
  await ask('/v1/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key }),
  });
}

export type StoredEditList = { readonly edits: readonly Edit[]; readonly etag: string };

export async function readEdits(job: string): Promise<StoredEditList> {
  const reply = await ask(`/v1/jobs/${job}/edits`);
  const { edits } = (await reply.json()) as { edits: Edit[] };
  return { edits, etag: reply.headers.get('etag') ?? '*' };
}

/** @returns the mark of what was written */
export async function writeEdits(job: string, edits: readonly Edit[], etag: string): Promise<string> {
  const reply = await ask(`/v1/jobs/${job}/edits`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', 'if-match': etag },
    body: JSON.stringify({ edits }),
  });
  return reply.headers.get('etag') ?? '*';
}

/** Sends a form and tells how much of it has left. */
export function send<T>(
  path: string,
  form: FormData,
  onSent: (share: number) => void,
  signal: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', path);
    request.upload.onprogress = ({ loaded, total }) => onSent(total > 0 ? loaded / total : 0);
    request.onload = () => {
      const reply = new Response(request.responseText, { status: request.status });
      if (reply.ok) resolve(JSON.parse(request.responseText) as T);
      else void failureOf(reply).then(reject);
    };
    request.onerror = () => reject(new RequestFailure(0, 'The server does not answer.'));
    request.onabort = () => reject(new DOMException('Canceled', 'AbortError'));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(form);
  });
}

/** The result of the first recording of a job, where it has one. */
export function resultOf(job: PageJob): AnyResult | undefined {
  const result = job.output?.results[0]?.result;
  return typeof result === 'object' && result !== null && 'turns' in result
    ? (result as AnyResult)
    : undefined;
}
