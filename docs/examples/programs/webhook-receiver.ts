/**
 * Hears that jobs have ended, and believes only what was signed with the secret that the worker has too
 * (`COLLOQUY_WEBHOOK_SECRET`). The bundle of `colloquy/webhook` is under 5 kB.
 *
 *   COLLOQUY_WEBHOOK_SECRET=whsec_… PORT=8080 npx tsx docs/examples/programs/webhook-receiver.ts
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { verifyWebhook, WebhookVerificationError } from 'colloquy/webhook';

const secret = process.env.COLLOQUY_WEBHOOK_SECRET ?? '';
/** A delivery may come again; its id tells. */
const handled = new Set<unknown>();

const server = createServer((request, response) => {
  void (async () => {
    try {
      // The body as it came, byte for byte: parsed and written again it has another signature.
      const { type, data } = await verifyWebhook({
        body: await buffer(request),
        headers: request.headers,
        secret,
      });
      const id = request.headers['webhook-id'];
      if (!handled.has(id)) console.log(type, data.jobId);
      handled.add(id);
      response.writeHead(204).end();
    } catch (error) {
      response.writeHead(error instanceof WebhookVerificationError ? 401 : 500).end();
    }
  })();
});
server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () => {
  console.log(`listening on port ${(server.address() as AddressInfo).port}`);
});
