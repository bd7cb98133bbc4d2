import { defineConfig } from 'tsup';

const external = ['onnxruntime-node', 'fluent-ffmpeg', '@aws-sdk/client-s3', '@aws-sdk/s3-request-presigner', 'runpod-sdk'];

export default defineConfig([
  {
    // The program: the command, the engine child and its inference lanes.
    entry: {
      cli: 'handlers/cli/main.ts',
      'engine-process': 'core/engine/engine-process.ts',
      lane: 'core/inference/lane.ts',
      'heartbeat-thread': 'handlers/runpod/heartbeat-thread.ts',
      runpod: 'handlers/runpod/index.ts',
    },
    format: 'esm',
    target: 'node20',
    platform: 'node',
    outDir: 'dist',
    splitting: true,
    sourcemap: false,
    clean: false,
    external,
  },
]);
