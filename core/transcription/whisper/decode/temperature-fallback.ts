import type { WindowDecode } from './decode-window.ts';

/** When a decode is not good enough; `null` switches a test off. All comparisons are strict. */
export type FallbackOptions = {
  /** Tried in this order until one is good enough; the last is kept whatever it gives. */
  readonly temperatures: readonly number[];
  /** Above, the text repeats itself. */
  readonly compressionRatioThreshold: number | null;
  /** Below, the network did not know. */
  readonly logProbThreshold: number | null;
  /** Above, nobody speaks, provided that the log-probability is low too. */
  readonly noSpeechThreshold: number | null;
};

/** The values of openai-whisper. */
export const DEFAULT_FALLBACK_OPTIONS: FallbackOptions = Object.freeze({
  temperatures: Object.freeze([0, 0.2, 0.4, 0.6, 0.8, 1]),
  compressionRatioThreshold: 2.4,
  logProbThreshold: -1,
  noSpeechThreshold: 0.6,
});

/**
 * Decodes at rising temperatures until the result is good enough. Silence is good enough, even where what was written
 * for it repeats itself.
 *
 * @see openai-whisper `transcribe.decode_with_fallback`
 */
export async function decodeWithFallback(
  decode: (temperature: number) => Promise<WindowDecode>,
  options: FallbackOptions,
): Promise<WindowDecode> {
  const [first = 0, ...higher] = options.temperatures;
  let result = await decode(first);
  for (const temperature of higher) {
    if (!isPoor(result, options)) break;
    result = await decode(temperature);
  }
  return result;
}

/** Not good enough: another temperature may give better text. */
export function isPoor(result: WindowDecode, options: FallbackOptions): boolean {
  const { compressionRatioThreshold, logProbThreshold, noSpeechThreshold } = options;
  const isRepetitive = isAbove(result.compressionRatio, compressionRatioThreshold);
  const isUnsure = logProbThreshold !== null && result.averageLogProb < logProbThreshold;
  const isSilence = isUnsure && isAbove(result.noSpeechProb, noSpeechThreshold);
  return (isRepetitive || isUnsure) && !isSilence;
}

/** Nobody speaks in this window: it is passed over. A sure decode is believed all the same. */
export function isSilent(result: WindowDecode, options: FallbackOptions): boolean {
  if (!isAbove(result.noSpeechProb, options.noSpeechThreshold)) return false;
  return !isAbove(result.averageLogProb, options.logProbThreshold);
}

function isAbove(value: number, threshold: number | null): boolean {
  return threshold !== null && value > threshold;
}
