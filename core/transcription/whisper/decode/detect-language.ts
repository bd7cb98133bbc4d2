import type { HiddenStates, WhisperDecoder } from './whisper-decoder.ts';
import type { WhisperTokenizer } from '../tokens/whisper-tokenizer.ts';

export type DetectedLanguage = {
  /** The likeliest; the lowest token id of equals. */
  readonly language: string;
  /** Probabilities by language code; they sum to 1. */
  readonly probabilities: ReadonlyMap<string, number>;
};

/**
 * What language a window is in: the scores of the language tokens behind the start of a transcript, among themselves.
 *
 * @see openai-whisper `decoding.detect_language`
 */
export async function detectLanguage(
  decoder: WhisperDecoder,
  hidden: HiddenStates,
  tokenizer: WhisperTokenizer,
): Promise<DetectedLanguage> {
  const { logits } = await decoder.runOnce(hidden, [tokenizer.startOfTranscript], []);
  const scores = Array.from(tokenizer.languages, ([code, token]) => ({ code, score: logits[token]! }));
  const likeliest = scores.reduce((best, candidate) => (candidate.score > best.score ? candidate : best));
  const weights = scores.map(({ code, score }) => ({ code, weight: Math.exp(score - likeliest.score) }));
  const sum = weights.reduce((total, { weight }) => total + weight, 0);
  return {
    language: likeliest.code,
    probabilities: new Map(weights.map(({ code, weight }) => [code, weight / sum])),
  };
}
