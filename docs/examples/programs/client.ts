/**
 * The same by an endpoint of RunPod, a server of yours, or the local platform (`colloquy runpod-dev`), sentence by
 * sentence while the worker is at it.
 *
 *   COLLOQUY_URL=http://127.0.0.1:8000/v2 npx tsx docs/examples/programs/client.ts meeting.m4a
 */
import { Colloquy } from 'colloquy';

const { COLLOQUY_URL, RUNPOD_API_KEY, RUNPOD_ENDPOINT_ID = 'local' } = process.env;
const client = new Colloquy({
  endpointId: RUNPOD_ENDPOINT_ID,
  ...(RUNPOD_API_KEY !== undefined && { apiKey: RUNPOD_API_KEY }),
  ...(COLLOQUY_URL !== undefined && { baseUrl: COLLOQUY_URL }),
});

const utterances = client.utterances(process.argv[2] ?? 'meeting.m4a');
for (;;) {
  const next = await utterances.next();
  if (next.done === true) {
    console.log(next.value.toText());
    break;
  }
  console.error(next.value.text);
}
