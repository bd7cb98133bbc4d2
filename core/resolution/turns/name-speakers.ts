import type { Segment } from '../../timeline/turns.ts';

/** SPEAKER_00, SPEAKER_01, … */
export function speakerLabel(index: number): string {
  return `SPEAKER_${String(index).padStart(2, '0')}`;
}

/**
 * Order in which clusters are named: by first speech (then the end of it, then the lower cluster). Clusters that
 * never speak get no name.
 *
 * @param segments of each cluster, by start
 * @returns clusters; the first becomes SPEAKER_00
 */
export function orderByFirstSpeech(segments: readonly (readonly Segment[])[]): number[] {
  return speaking(segments).sort((a, b) => {
    const first = segments[a]![0]!;
    const other = segments[b]![0]!;
    return first.startSeconds - other.startSeconds || first.endSeconds - other.endSeconds || a - b;
  });
}

/** pyannote's order: cluster numbers that speak, sorted as text (0, 1, 10, 2, …). */
export function orderAsText(segments: readonly (readonly Segment[])[]): number[] {
  return speaking(segments)
    .map(String)
    .sort((a, b) => (a < b ? -1 : 1))
    .map(Number);
}

function speaking(segments: readonly (readonly Segment[])[]): number[] {
  return [...segments.keys()].filter((cluster) => segments[cluster]!.length > 0);
}
