import { assignLinear } from '../math/linear-assignment.ts';
import type { NamedVector } from './identify.ts';
import { reaches, type Threshold, valueOnScale } from './threshold.ts';
import type { VoiceScore, VoiceScorer } from './voice-scorer.ts';

export type NamingOptions = {
  /** A likelihood ratio of 1 where it is left out. */
  readonly threshold?: Threshold | undefined;
};

/** The voice of a speaker of a recording. */
export type SpeakerName = VoiceScore & { readonly label: string; readonly voice: string };

/**
 * Names the speakers of a diarized recording: a voice is given to one speaker at most and a speaker has one voice at
 * most, so that all together the scores above the threshold add up highest. Speakers without a voice above the
 * threshold are strangers and are not in the result.
 *
 * @param centroids by speaker label, centred as diarization gives them (`Diarization.centroids`)
 * @returns by label, in the order of `centroids`
 * @throws InvalidInputError `invalid_option` (threshold), `embedding_space_mismatch`, `invalid_file` (vectors)
 */
export function nameDiarizedSpeakers(
  centroids: ReadonlyMap<string, Float32Array>,
  voices: readonly NamedVector[],
  scorer: VoiceScorer,
  options: NamingOptions = {},
): SpeakerName[] {
  const threshold = scorer.resolveThreshold(options.threshold);
  const labels = [...centroids.keys()];
  const known = voices.map(({ name, vector }) => scorer.prepare(vector, `The voice ${JSON.stringify(name)}`));
  const scores = [...centroids.values()].map((centroid) => {
    const speaker = scorer.prepareCentred(centroid);
    return known.map((voice) => scorer.score(speaker, voice));
  });
  return assignVoices(scores, threshold).flatMap((voice, row) =>
    voice === undefined ? [] : [{ label: labels[row]!, voice: voices[voice]!.name, ...scores[row]![voice]! }],
  );
}

/** The index of each speaker's voice; a column for each speaker stands for "nobody", worth nothing. */
function assignVoices(
  scores: readonly (readonly VoiceScore[])[],
  threshold: Threshold,
): (number | undefined)[] {
  const rows = scores.length;
  const voiceCount = scores[0]?.length ?? 0;
  const columns = voiceCount + rows;
  const gains = new Float64Array(rows * columns).fill(-Infinity);
  scores.forEach((row, speaker) => {
    row.forEach((score, voice) => {
      // A hair above nothing, so that a voice exactly at the threshold is given.
      if (reaches(score, threshold))
        gains[speaker * columns + voice] = valueOnScale(score, threshold.scale) - threshold.value + 1e-12;
    });
    gains[speaker * columns + voiceCount + speaker] = 0;
  });
  const assigned = assignLinear({ data: gains, rows, columns }, { maximize: true });
  return Array.from(assigned, (column) => (column < voiceCount ? column : undefined));
}
