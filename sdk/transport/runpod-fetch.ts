import type { FetchFunction, CompleteOptions } from '../client/client-options.ts';
import { requestJson } from './json-http.ts';
import {
  RUNPOD_INLINE_AUDIO_BYTES,
  readRunReply,
  readStatusReply,
  readStreamReply,
  runBody,
} from './runpod-wire.ts';
import type { Transport } from './transport.ts';

/** RunPod by plain requests: in browsers, and wherever the caller brings its own `fetch`. */
export function createRunpodFetchTransport(
  options: CompleteOptions,
  fetchFunction: FetchFunction,
): Transport {
  const base = `${options.baseUrl}/${options.endpointId!}`;
  const headers = {
    'content-type': 'application/json',
    ...(options.apiKey === '' ? {} : { authorization: `Bearer ${options.apiKey}` }),
  };

  function send(
    method: 'GET' | 'POST',
    route: string,
    signal: AbortSignal,
    body?: unknown,
  ): Promise<unknown> {
    return requestJson(fetchFunction, {
      method,
      url: `${base}/${route}`,
      headers,
      timeoutMs: route === 'run' ? options.submitTimeoutMs : options.requestTimeoutMs,
      signal,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  return {
    inlineAudioBytes: RUNPOD_INLINE_AUDIO_BYTES,
    submit: async (submission, signal) =>
      readRunReply(await send('POST', 'run', signal, runBody(submission))),
    status: async (jobId, signal) =>
      readStatusReply(await send('GET', `status/${encodeURIComponent(jobId)}`, signal)),
    cancel: async (jobId, signal) => {
      await send('POST', `cancel/${encodeURIComponent(jobId)}`, signal, {});
    },
    events: async (jobId, signal) =>
      readStreamReply(await send('GET', `stream/${encodeURIComponent(jobId)}`, signal)),
  };
}
