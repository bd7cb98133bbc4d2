/** Fewer repetitions happen in speech too ("no, no, no" is three words). */
const MIN_REPETITIONS = 4;

/**
 * How many tokens to keep of a text that ran into its limit: where it ends by repeating itself, one round of what is
 * repeated; all of them otherwise.
 */
export function lengthWithoutLoop(tokens: readonly number[]): number {
  let longest = 0;
  for (let period = 1; period * MIN_REPETITIONS <= tokens.length; period++) {
    let repeated = 0;
    while (
      repeated < tokens.length - period &&
      tokens[tokens.length - 1 - repeated] === tokens[tokens.length - 1 - repeated - period]
    )
      repeated++;
    if (repeated >= (MIN_REPETITIONS - 1) * period) longest = Math.max(longest, repeated);
  }
  return tokens.length - longest;
}
