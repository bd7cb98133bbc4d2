import type { RecognisedWord } from '../recogniser.ts';
import type { NemoTokens } from './decoded-tokens.ts';
import type { NemoVocabulary } from './nemo-vocabulary.ts';
import type { TokenWord } from '../word-timing.ts';

const PUNCTUATION_ONLY = /^[\s\p{P}\p{S}]*$/u;

/**
 * Words with times and confidences.
 *
 * A word lasts from the frame of its first token to the end of its last one that is no punctuation (a full stop may
 * come when the pause is over, as NeMo has it too), and never into the next word. Two words that came out of one frame
 * share it.
 *
 * @param secondsPerFrame of encoder frames, 0.08 in this family
 */
export function timeWords(
  decoded: NemoTokens,
  vocabulary: NemoVocabulary,
  secondsPerFrame: number,
): RecognisedWord[] {
  const words = vocabulary.words(decoded.tokens);
  return words.map((word, index) => {
    const start = decoded.frames[word.firstToken]!;
    const next = words[index + 1];
    const limit = next === undefined ? Infinity : decoded.frames[next.firstToken]!;
    const end = endFrameOf(word, decoded, vocabulary);
    return {
      text: word.text,
      ...(word.spaceBefore === undefined ? {} : { spaceBefore: word.spaceBefore }),
      startSeconds: start * secondsPerFrame,
      endSeconds: Math.max(limit > start ? Math.min(end, limit) : end, start) * secondsPerFrame,
      confidence: confidenceOf(word, decoded),
    };
  });
}

function endFrameOf(word: TokenWord, decoded: NemoTokens, vocabulary: NemoVocabulary): number {
  for (let token = word.endToken - 1; token > word.firstToken; token--) {
    if (!PUNCTUATION_ONLY.test(vocabulary.piece(decoded.tokens[token]!))) return decoded.endFrames[token]!;
  }
  return decoded.endFrames[word.firstToken]!;
}

/** Mean over tokens; of a token over several frames, the geometric mean of its frames. */
function confidenceOf({ firstToken, endToken }: TokenWord, decoded: NemoTokens): number {
  let sum = 0;
  for (let token = firstToken; token < endToken; token++) {
    sum += Math.exp(decoded.logProbs[token]! / decoded.frameCounts[token]!);
  }
  return sum / (endToken - firstToken);
}
