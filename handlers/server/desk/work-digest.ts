import { createHash } from 'node:crypto';
import type { DeskRequest } from './desk-job.ts';
import type { RecordingStore } from './recording-store.ts';

/** Digest of what is asked: options and the contents of recordings, addresses without their query. */
export function workDigest({ input, sources }: DeskRequest, recordings: RecordingStore): string {
  const audio = sources.map((source) => {
    if ('recording' in source) return recordings.sha256Of(source.recording);
    if ('url' in source) return source.url.replace(/[?#].*$/, '');
    return source;
  });
  return createHash('sha256').update(JSON.stringify({ input, audio })).digest('hex');
}
