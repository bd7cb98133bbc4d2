import { defineConfig } from 'vitest/config';

/**
 * Folders whose tests only compute: no child, no thread, no embedded model, no fake clock, no environment. Their files
 * share a process and what they import; a process for each would take longer than most of them run.
 */
const PURE = [
  'core/array-files',
  'core/dsp',
  'core/embedding/segments',
  'core/formats',
  'core/loudness',
  'core/math',
  'core/metrics',
  'core/net',
  'core/observation',
  'core/resolution',
  'core/text',
  'core/timeline',
  'core/transcript',
  'core/transcription/channels',
  'core/transcription/forced-alignment',
  'core/transcription/language',
  'core/transcription/nemo',
  'core/transcription/pieces',
  'core/transcription/whisper/tokens',
  'core/transcription/whisper/words',
  'core/tune',
  'core/vad',
  'core/verification',
  'handlers/batch/execute',
  'handlers/batch/items',
  'handlers/batch/run',
  'handlers/batch/sources',
  'handlers/batch/store',
  'handlers/batch/watch',
  'handlers/errors',
  'sdk/contract',
].map((folder) => `test/${folder}/**/*.test.ts`);

/** Below these folders: real models, and workers that are killed. */
const WITH_PROCESSES = [
  'test/core/verification/speaker-targets.test.ts',
  'test/core/tune/worker/**/*.test.ts',
];

export default defineConfig({
  test: {
    setupFiles: ['test/support/pinned-seed.ts', 'test/support/equal-arrays.ts'],
    globalSetup: ['test/support/build-once.ts'],
    // Two cores: more workers only make the model tests wait for each other.
    maxWorkers: 2,
    pool: 'forks',
    // Tests that run real models several times: slow machines and full ones must not fail for slowness.
    testTimeout: 180_000,
    hookTimeout: 300_000,
    projects: [
      { extends: true, test: { name: 'pure', include: PURE, exclude: WITH_PROCESSES, isolate: false } },
      {
        extends: true,
        test: {
          name: 'processes',
          include: ['test/**/*.test.ts'],
          exclude: PURE,
        },
      },
      { extends: true, test: { name: 'heavy', include: WITH_PROCESSES } },
    ],
  },
});
