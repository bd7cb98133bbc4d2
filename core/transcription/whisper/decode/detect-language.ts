import type { FoundLanguage } from '../../recogniser.ts';
import type { WhisperDecoder } from './whisper-decoder.ts';
import type { HiddenStates } from './forms/decoder-tensors.ts';
import type { WhisperTokenizer } from '../tokens/whisper-tokenizer.ts';

/** Token ids by language code. */
type LanguageTokens = ReadonlyMap<string, number>;

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
  return languagesOf(logits, tokenizer.languages);
}

/** @param scores behind the start of a transcript; `null` for a model that knows English only */
export function likeliestLanguage(scores: Float32Array, languages: LanguageTokens): FoundLanguage | null {
  if (languages.size === 0) return null;
  const { language, probabilities } = languagesOf(scores, languages);
  return { language, probability: probabilities.get(language)! };
}

function languagesOf(logits: Float32Array, languages: LanguageTokens): DetectedLanguage {
  const scores = Array.from(languages, ([code, token]) => ({ code, score: logits[token]! }));
  const likeliest = scores.reduce((best, candidate) => (candidate.score > best.score ? candidate : best));
  const weights = scores.map(({ code, score }) => ({ code, weight: Math.exp(score - likeliest.score) }));
  const sum = weights.reduce((total, { weight }) => total + weight, 0);
  return {
    language: likeliest.code,
    probabilities: new Map(weights.map(({ code, weight }) => [code, weight / sum])),
  };
}
