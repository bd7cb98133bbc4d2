import { assignLinear } from '../math/linear-assignment.ts';
import type { NamedVector } from './identify.ts';
import { reaches, type Threshold, valueOnScale } from './scores/threshold.ts';
import { checkDistinctNames } from './voices/voice-name.ts';
import type { VoiceScore } from './scores/voice-score.ts';
import type { VoiceScorer } from './scores/voice-scorer.ts';

export type NamingOptions = {
  /** A likelihood ratio of 1 where it is left out. */
  readonly threshold?: Threshold | undefined;
  /** Of speech, by speaker label; absent where nobody knows. */
  readonly speechSeconds?: ReadonlyMap<string, number> | undefined;
};

/** The voice of a speaker of a recording. */
export type SpeakerName = VoiceScore & { readonly label: string; readonly voice: string };

/**
 * Names the speakers of a diarized recording: a voice is given to one speaker at most and a speaker has one voice at
 * most, so that all together the scores above the threshold add up highest. Speakers without a voice above the
 * threshold are strangers and are not in the result.
 *
 * @param centroids by speaker label, centred as diarization gives them (`DiarizedRecording.centroids`)
 * @returns by label, in the order of `centroids`
 * @throws InvalidInputError `invalid_option` (threshold, names), `embedding_space_mismatch`, `invalid_file` (vectors)
 */
export function nameDiarizedSpeakers(
  centroids: ReadonlyMap<string, Float32Array>,
  voices: readonly NamedVector[],
  scorer: VoiceScorer,
  options: NamingOptions = {},
): SpeakerName[] {
  const threshold = scorer.thresholdOrDefault(options.threshold);
  checkDistinctNames(voices.map(({ name }) => name));
  const labels = [...centroids.keys()];
  const known = voices.map(({ name, vector, speechSeconds }) =>
    scorer.prepare(vector, `The voice ${JSON.stringify(name)}`, speechSeconds),
  );
  const pairs = [...centroids].map(([label, centroid]) => {
    const speaker = scorer.prepareCentred(centroid, options.speechSeconds?.get(label));
    return known.map((voice) => ({
      score: scorer.score(speaker, voice),
      unboundedLlr: scorer.unboundedLlr(speaker, voice),
    }));
  });
  const excess = pairs.map((row) => row.map((pair) => excessOver(threshold, pair)));
  return assignVoices(excess).flatMap((voice, row) =>
    voice === undefined
      ? []
      : [{ label: labels[row]!, voice: voices[voice]!.name, ...pairs[row]![voice]!.score }],
  );
}

type ScoredPair = { readonly score: VoiceScore; readonly unboundedLlr: number | undefined };

/**
 * How far a score is above the threshold; -Infinity below it. Likelihood ratios without their bounds: at the bound two
 * voices would look alike.
 */
function excessOver(threshold: Threshold, { score, unboundedLlr }: ScoredPair): number {
  if (!reaches(score, threshold)) return -Infinity;
  const { scale, value } = threshold;
  if (unboundedLlr === undefined || scale === 'cosine' || scale === 'as-norm')
    return valueOnScale(score, scale) - value;
  const least = scale === 'llr' ? value : Math.log(Math.max(value, Number.MIN_VALUE) / (1 - value));
  return Math.max(0, unboundedLlr - least);
}

/** The index of each speaker's voice; a column for each speaker stands for "nobody", worth nothing. */
function assignVoices(excess: readonly (readonly number[])[]): (number | undefined)[] {
  const rows = excess.length;
  const voiceCount = excess[0]?.length ?? 0;
  const columns = voiceCount + rows;
  const gains = new Float64Array(rows * columns).fill(-Infinity);
  excess.forEach((row, speaker) => {
    // A hair above nothing, so that a voice exactly at the threshold is given.
    row.forEach((value, voice) => (gains[speaker * columns + voice] = value + 1e-9));
    gains[speaker * columns + voiceCount + speaker] = 0;
  });
  const assigned = assignLinear({ data: gains, rows, columns }, { maximize: true });
  return Array.from(assigned, (column) => (column < voiceCount ? column : undefined));
}
