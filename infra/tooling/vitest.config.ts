import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/pinned-seed.ts'],
    globalSetup: ['test/support/build-once.ts'],
    // Two cores: more workers only make the model tests wait for each other.
    maxWorkers: 2,
    pool: 'forks',
    // Tests that run real models several times: slow machines and full ones must not fail for slowness.
    testTimeout: 180_000,
    hookTimeout: 300_000,
  },
});
