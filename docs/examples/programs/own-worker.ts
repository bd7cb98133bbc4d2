/**
 * A RunPod worker for work of one's own, without the speech engine: takes the address of a file, answers with its
 * SHA-256, and with a link to the digest where the job brings a bucket along (`s3Config`).
 *
 *   npx tsx docs/examples/programs/own-worker.ts --test_input '{"input": {"url": "https://example.com/a.wav"}}'
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { gpuCheck, openJobFiles, parseS3ResultOptions, serveWorker } from 'colloquy/runpod';

/** What callers send. */
type Input = { readonly url: string };

// Addresses that callers name are checked: public ones only, every address of the name, again after each redirect.
const files = openJobFiles({ bucket: parseS3ResultOptions(process.env) });
await files.sweep();

process.exitCode = await serveWorker<Input>({
  // A worker whose GPU has fallen off its bus is reported as unhealthy, before it takes a job.
  fitnessChecks: process.env.NEEDS_GPU === '1' ? [gpuCheck({ minFreeMemoryBytes: 4e9 })] : [],
  parseInput: (input) => {
    const { url } = (input ?? {}) as Partial<Input>;
    if (typeof url !== 'string') throw new TypeError(`Expected input.url to be text; got ${typeof url}.`);
    return { url };
  },
  handler: async (job, context) => {
    const file = await files.download(job.input.url, context);
    try {
      const hash = createHash('sha256');
      for await (const piece of createReadStream(file.path)) hash.update(piece as Buffer);
      const sha256 = hash.digest('hex');
      if (job.s3Config === undefined) return { bytes: file.bytes, sha256 };
      const { url } = await files.upload(job, { name: 'sha256.txt', bytes: Buffer.from(sha256) }, context);
      return { bytes: file.bytes, sha256, url };
    } finally {
      await file.dispose();
    }
  },
});
await files.close();
