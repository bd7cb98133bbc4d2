import { isSpeechError } from '../../../core/errors.ts';

/** Why a socket was closed. */
export const CLOSE = {
  done: 1000,
  goingAway: 1001,
  badMessage: 1003,
  badAudio: 1007,
  refused: 1008,
  tooLarge: 1009,
  ours: 1011,
  full: 1013,
  idle: 4408,
  takenOver: 4409,
} as const;

/** A reason has at most 123 bytes. */
const MOST_REASON_BYTES = 123;

export function closeReason(text: string): string {
  let reason = text;
  while (Buffer.byteLength(reason) > MOST_REASON_BYTES) reason = reason.slice(0, -1);
  return reason;
}

/** The code of what ended a session. */
export function closeCodeOf(error: unknown): number {
  if (!isSpeechError(error)) return CLOSE.ours;
  switch (error.name) {
    case 'InvalidInputError':
      return error.code === 'invalid_option' || error.code === 'embedding_space_mismatch'
        ? CLOSE.badMessage
        : CLOSE.badAudio;
    case 'ModelError':
      return error.code === 'model_unknown' ? CLOSE.badMessage : CLOSE.ours;
    case 'RequestError':
      return CLOSE.refused;
    case 'CapacityError':
      return CLOSE.full;
    case 'CanceledError':
      return CLOSE.goingAway;
    default:
      return CLOSE.ours;
  }
}
