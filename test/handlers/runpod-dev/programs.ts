import { bundlePrograms, type BundledPrograms } from '../../support/bundle-program.ts';

/** Builds the test worker and the platform's command, so that tests can kill them. */
export function buildPrograms(): Promise<BundledPrograms> {
  return bundlePrograms({
    'test-worker': 'test/handlers/runpod-dev/programs/test-worker.ts',
    'test-platform': 'test/handlers/runpod-dev/programs/test-platform.ts',
    'heartbeat-thread': 'handlers/runpod/platform/heartbeat-thread.ts',
  });
}
