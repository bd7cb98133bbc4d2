/** Results about voices in words. */
import { formatFixed } from '../../../core/formats/writing/fixed-decimal.ts';
import type { Threshold } from '../../../core/verification/scores/threshold.ts';
import type { VoiceQuality } from '../../../core/result/voice-terms.ts';
import type { VoiceScore } from '../../../core/verification/scores/voice-score.ts';

/** How good a sample is, also of an older or newer service that knows other reasons. */
export type ToldQuality = Omit<VoiceQuality, 'reasons'> & { readonly reasons: readonly string[] };

/** `6.2 s of speech, 21 dB over the noise, -24 dBFS`. */
export function qualityText({ speechSeconds, snrDb, levelDbfs, reasons }: ToldQuality): string {
  const parts = [
    `${formatFixed(speechSeconds, 1)} s of speech`,
    ...(snrDb === null ? [] : [`${formatFixed(snrDb, 0)} dB over the noise`]),
    ...(levelDbfs === null ? [] : [`${formatFixed(levelDbfs, 0)} dBFS`]),
    ...reasons.map((reason) => `! ${reason.replaceAll('_', ' ')}`),
  ];
  return parts.join(', ');
}

/** `cosine 0.712, LLR 8.82, probability 0.9999, AS-norm 6.51`. */
export function scoreText({ score, llr, probability, normalizedScore }: VoiceScore): string {
  const parts = [
    `cosine ${formatFixed(score, 3)}`,
    ...(llr === null ? [] : [`LLR ${formatFixed(llr, 2)}`]),
    ...(probability === null ? [] : [`probability ${formatFixed(probability, 4)}`]),
    ...(normalizedScore === null ? [] : [`AS-norm ${formatFixed(normalizedScore, 2)}`]),
  ];
  return parts.join(', ');
}

export function thresholdText({ scale, value }: Threshold): string {
  return `${scale} ${value}`;
}
