/** What is wrong with a sample of a voice, in words. */
const REASONS: Readonly<Record<string, string>> = {
  little_speech: 'little speech',
  noisy: 'noise',
  clipped: 'distortion',
  quiet: 'very quiet',
  overlap: 'people speak at once',
  several_speakers: 'several people',
};

export type SampleQuality = { readonly speechSeconds: number; readonly reasons: readonly string[] };

/** How good a sample is: "12.4 s of speech; noise". */
export function qualityInWords({ speechSeconds, reasons }: SampleQuality): string {
  const faults = reasons.map((reason) => REASONS[reason] ?? reason).join(', ');
  return `${speechSeconds.toFixed(1)} s of speech${faults === '' ? '' : `; ${faults}`}`;
}

/** A part of one, for people: 97 %; never 100 or 0, which nobody knows. */
export function percent(share: number): string {
  if (share >= 0.995) return '> 99 %';
  if (share < 0.005) return '< 1 %';
  return `${Math.round(100 * share)} %`;
}
