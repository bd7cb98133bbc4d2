/** Which tokens may follow, whatever the network prefers. */
export type TokenRuleSet = {
  readonly endOfText: number;
  readonly noTimestamps: number;
  /** The token of 0.00 s; later times follow in steps of 0.02 s to the end of the vocabulary. */
  readonly timestampBegin: number;
  /** Never written. */
  readonly suppressed: readonly number[];
  /** Never written first. */
  readonly suppressedAtBegin: readonly number[];
  /** With timestamps, the first one is at most this far; `null` for any. */
  readonly maxInitialTimestampIndex: number | null;
  /** False where times are not asked for: then none of the rules about timestamps holds. */
  readonly timestamps: boolean;
};

/**
 * Sets the scores of forbidden tokens to -Infinity, in place.
 *
 * @param logits of one step, the whole vocabulary
 * @param sampled tokens so far, without the prompt
 * @see openai-whisper `decoding.SuppressBlank`, `SuppressTokens`, `ApplyTimestampRules`, which agree with
 *   transformers' `WhisperTimeStampLogitsProcessor`
 */
export function applyTokenRules(logits: Float32Array, sampled: readonly number[], rules: TokenRuleSet): void {
  if (sampled.length === 0) for (const token of rules.suppressedAtBegin) logits[token] = -Infinity;
  for (const token of rules.suppressed) logits[token] = -Infinity;
  if (rules.timestamps) applyTimestampRules(logits, sampled, rules);
}

/**
 * Timestamps come in pairs around text, the first of all at the very beginning, and never go back. When all
 * timestamps together are likelier than the likeliest other token, a timestamp follows.
 */
export function applyTimestampRules(
  logits: Float32Array,
  sampled: readonly number[],
  { endOfText, noTimestamps, timestampBegin, maxInitialTimestampIndex }: TokenRuleSet,
): void {
  logits[noTimestamps] = -Infinity;
  const isTimestamp = (token: number) => token >= timestampBegin;
  if (sampled.length === 0) {
    logits.fill(-Infinity, 0, timestampBegin);
    if (maxInitialTimestampIndex !== null)
      logits.fill(-Infinity, timestampBegin + maxInitialTimestampIndex + 1);
  } else {
    const afterTimestamp = isTimestamp(sampled.at(-1)!);
    const pairComplete = sampled.length < 2 || isTimestamp(sampled.at(-2)!);
    if (afterTimestamp && pairComplete) logits.fill(-Infinity, timestampBegin);
    else if (afterTimestamp) logits.fill(-Infinity, 0, endOfText);
    const last = sampled.findLast(isTimestamp);
    if (last !== undefined) {
      // The one that opens the next segment may equal the one that closed the last; text takes time.
      const earliest = afterTimestamp && !pairComplete ? last : last + 1;
      logits.fill(-Infinity, timestampBegin, earliest);
    }
  }
  if (timestampsOutweigh(logits, timestampBegin)) logits.fill(-Infinity, 0, timestampBegin);
}

function timestampsOutweigh(logits: Float32Array, timestampBegin: number): boolean {
  let mostOther = -Infinity;
  for (let token = 0; token < timestampBegin; token++) mostOther = Math.max(mostOther, logits[token]!);
  let most = -Infinity;
  for (let token = timestampBegin; token < logits.length; token++) most = Math.max(most, logits[token]!);
  if (most === -Infinity) return false;
  let sum = 0;
  for (let token = timestampBegin; token < logits.length; token++) sum += Math.exp(logits[token]! - most);
  return most + Math.log(sum) > mostOther;
}
