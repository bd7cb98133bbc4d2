import type { FetchFunction, CompleteOptions } from '../client/client-options.ts';
import { isNode } from '../audio/node-runtime.ts';
import { createHttpJobsTransport } from './http-jobs.ts';
import { createRunpodFetchTransport } from './runpod-fetch.ts';
import { createRunpodSdkTransport } from './runpod-sdk.ts';
import type { Transport } from './transport.ts';

/** The transport for these options: RunPod (through `runpod-sdk` in Node), or a server. */
export function createTransport(options: CompleteOptions): Transport {
  const fetchFunction: FetchFunction = options.fetch ?? ((url, init) => fetch(url, init));
  if (options.endpointId === undefined) return createHttpJobsTransport(options, fetchFunction);
  const plain = createRunpodFetchTransport(options, fetchFunction);
  return options.fetch === undefined && isNode() ? createRunpodSdkTransport(options, plain) : plain;
}
