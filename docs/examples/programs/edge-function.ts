/**
 * A function of an edge runtime (a Worker of Cloudflare, Deno Deploy, Vercel): takes a recording, answers who spoke
 * when. It uses nothing but what all of them have: fetch, streams, WebCrypto.
 */
import { Colloquy, ColloquyError } from 'colloquy';

/** What the runtime holds for the function; the key stays here. */
export type Settings = {
  readonly RUNPOD_API_KEY: string;
  readonly RUNPOD_ENDPOINT_ID: string;
  readonly COLLOQUY_URL?: string;
};

export default {
  async fetch(request: Request, settings: Settings): Promise<Response> {
    if (request.method !== 'POST' || request.body === null) {
      return new Response('POST a recording.\n', { status: 405 });
    }
    const client = new Colloquy({
      apiKey: settings.RUNPOD_API_KEY,
      endpointId: settings.RUNPOD_ENDPOINT_ID,
      ...(settings.COLLOQUY_URL !== undefined && { baseUrl: settings.COLLOQUY_URL }),
    });
    try {
      const { turns } = await client.diarize(request.body, { signal: request.signal });
      return Response.json(turns);
    } catch (error) {
      if (!(error instanceof ColloquyError)) throw error;
      return Response.json({ code: error.code, message: error.message }, { status: 502 });
    }
  },
};
