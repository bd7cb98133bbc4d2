/** `dist/`: run from the root of the repository by build.mjs, which empties the folder first. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineConfig, type Options } from 'tsup';

const external = [
  'onnxruntime-node',
  'fluent-ffmpeg',
  '@aws-sdk/client-s3',
  '@aws-sdk/s3-request-presigner',
  'runpod-sdk',
  // Optional: loaded when somebody asks for Word, a queue, or events from SQS.
  'bullmq',
  'docx',
  'ioredis',
  'sqs-consumer',
  '@aws-sdk/client-sqs',
];

/** Tests of behaviour need no types, and those take most of the time. */
const parts = (process.env.COLLOQUY_BUILD ?? 'code,types').split(',');

/**
 * Declarations of these doors in one file each, from those that build.mjs had the compiler write for every source: once
 * for all, where a program for each format and configuration takes four times as long.
 */
function types(doors: Record<string, string>): NonNullable<Options['dts']> {
  const declared = (source: string): string => join('dist/.declarations', source.replace(/\.ts$/, '.d.ts'));
  const entry = Object.fromEntries(Object.entries(doors).map(([name, source]) => [name, declared(source)]));
  return parts.includes('types') && { entry, only: !parts.includes('code') };
}

const CORE = { index: 'core/index.ts' };
const CLIENT = {
  index: 'sdk/index.ts',
  formats: 'sdk/formats.ts',
  webhook: 'sdk/webhook.ts',
};

/**
 * Leaves the descriptions of the contract's fields out: OpenAPI has them, and the types; callers check with the rest, and
 * a page would load kilobytes of text that nobody reads.
 */
const withoutDescriptions: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'without-descriptions',
  setup: (build) =>
    build.onLoad({ filter: /[\\/]sdk[\\/]contract[\\/].+\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const contents = text.replaceAll(/\.describe\((?:\s*'(?:[^'\\\n]|\\.)*'\s*[+,]?)+\s*\)/g, '');
      return { contents, loader: 'ts' };
    }),
};

export default defineConfig([
  {
    // The program: the command, the engine child and its inference lanes; and what programs may import: all tasks on
    // this machine, and the worker.
    entry: {
      cli: 'handlers/cli/main.ts',
      'engine-process': 'core/engine/child/engine-process.ts',
      lane: 'core/engine/child/lane.ts',
      'heartbeat-thread': 'handlers/runpod/platform/heartbeat-thread.ts',
      local: 'handlers/local/index.ts',
      models: 'models/index.ts',
      runpod: 'handlers/runpod/index.ts',
      'runpod-worker': 'handlers/worker/main.ts',
    },
    format: 'esm',
    dts: types({
      local: 'handlers/local/index.ts',
      models: 'models/index.ts',
      runpod: 'handlers/runpod/index.ts',
    }),
    target: 'node20',
    platform: 'node',
    outDir: 'dist',
    splitting: true,
    treeshake: true,
    sourcemap: false,
    clean: false,
    // Loading it as a package takes a hundred files and 60 ms.
    noExternal: ['zod'],
    external,
  },
  {
    // The engine as a library.
    entry: CORE,
    format: 'esm',
    dts: types(CORE),
    target: 'node20',
    platform: 'node',
    outDir: 'dist/core',
    splitting: false,
    sourcemap: false,
    clean: false,
    external,
  },
  {
    // What callers install: for Node and browsers, as ESM and CommonJS, with types; published alone as colloquy-sdk. Of
    // zod it needs little, which is inside: loading zod takes three times as long, and its types are not in ours.
    entry: CLIENT,
    format: ['esm', 'cjs'],
    dts: types(CLIENT),
    target: 'es2022',
    platform: 'neutral',
    outDir: 'dist/sdk',
    splitting: false,
    treeshake: true,
    sourcemap: false,
    clean: false,
    noExternal: ['zod'],
    esbuildOptions: (options) => {
      options.alias = { ...options.alias, zod: './sdk/small-zod/index.ts' };
    },
    esbuildPlugins: [withoutDescriptions],
    external,
  },
]);
