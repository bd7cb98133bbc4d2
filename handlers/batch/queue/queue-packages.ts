import { DependencyError } from '../../../core/errors.ts';

/**
 * BullMQ and its client of Redis, which an installation may leave out (`npm install --omit=optional`).
 *
 * @throws DependencyError `dependency_missing`
 */
export async function loadQueuePackages() {
  try {
    const [bullmq, { Redis }] = await Promise.all([import('bullmq'), import('ioredis')]);
    return { ...bullmq, Redis };
  } catch (cause) {
    throw new DependencyError(
      'dependency_missing',
      'A queue needs two packages: npm install bullmq@6 ioredis@6, where colloquy is installed.',
      { cause },
    );
  }
}
