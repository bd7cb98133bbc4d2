import type { RecognisedWord } from '../../transcription/recogniser.ts';

/** The end of a sound may still be within a word: what lies here is not agreed on yet. */
const EDGE_SECONDS = 0.3;

/**
 * How many words two decodes of a growing sound agree on: the same words from the beginning, up to the edge.
 *
 * @see D. Macháček et al., "Turning Whisper into Real-Time Transcription System", IJCNLP 2023 (LocalAgreement-2)
 */
export function agreedCount(
  before: readonly RecognisedWord[],
  now: readonly RecognisedWord[],
  endSeconds: number,
): number {
  let count = 0;
  while (
    count < now.length &&
    count < before.length &&
    spoken(now[count]!) === spoken(before[count]!) &&
    now[count]!.endSeconds <= endSeconds - EDGE_SECONDS
  ) {
    count += 1;
  }
  return count;
}

/** Capitals and punctuation change with what follows. */
function spoken({ text }: RecognisedWord): string {
  return text.toLowerCase().replace(/[^\p{Letter}\p{Number}]/gu, '');
}
