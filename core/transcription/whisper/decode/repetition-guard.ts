/** A phrase of up to this many tokens may loop; speech repeats shorter ones, decoders longer ones too. */
const LONGEST_PHRASE = 32;
/** So often in a row nobody says anything. */
const FEWEST_REPEATS = 6;
/** Short phrases must fill this many tokens: "no, no, no, no, no, no" is speech. */
const FEWEST_TOKENS = 32;

/**
 * How many tokens at the end only repeat the phrase before them; 0 while there is no loop.
 *
 * Told from the last tokens alone, so that a decoder can stop as soon as it loops instead of filling its window.
 */
export function loopedTokenCount(tokens: readonly number[]): number {
  for (let phrase = 1; phrase <= LONGEST_PHRASE; phrase++) {
    const needed = Math.max(FEWEST_REPEATS * phrase, FEWEST_TOKENS);
    if (needed > tokens.length) return 0;
    let matching = 0;
    for (let index = tokens.length - 1; index >= phrase; index--) {
      if (tokens[index] !== tokens[index - phrase]) break;
      matching++;
    }
    if (matching + phrase >= needed) return matching;
  }
  return 0;
}
