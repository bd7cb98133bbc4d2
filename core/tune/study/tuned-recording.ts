import { createHash } from 'node:crypto';
import type { Segment, Turn } from '../../timeline/turns.ts';
import type { Observations } from '../../resolution/observations.ts';

/** A recording to tune on: what the models saw, and the truth. */
export type TunedRecording = {
  /** Name of its files without ending. */
  readonly name: string;
  readonly observations: Observations;
  readonly reference: readonly Turn[];
  /** Scored regions; absent: the whole recording. */
  readonly regions?: readonly Segment[];
  /** Hashes of what was read, by which a journal knows its inputs. */
  readonly observationsHash: string;
  readonly referenceHash: string;
  /** Only validated with, never tuned on. */
  readonly isValidation: boolean;
};

/** SHA-256 in hexadecimal digits. */
export function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
