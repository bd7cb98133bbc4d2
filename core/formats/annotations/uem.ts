import type { Segment } from '../../timeline/turns.ts';
import type { DiarizationResult } from '../../result/result.ts';
import { formatFixed } from '../writing/fixed-decimal.ts';
import { recordingIdOf, type RenderOptions } from '../render-options.ts';
import { spaceFreeName } from './space-free-names.ts';
import { dataLinesOf, invalidLine, timeField } from '../writing/text-lines.ts';

const FORMAT = 'UEM';

/** The regions of a recording that are scored, a line each: `recording 1 start end`. */
export function writeUem(regions: readonly Segment[], recordingId: string): string {
  const recording = spaceFreeName(recordingId);
  return regions
    .map(
      (region) =>
        `${recording} 1 ${formatFixed(region.startSeconds, 3)} ${formatFixed(region.endSeconds, 3)}\n`,
    )
    .join('');
}

/** The whole recording of a result as one region. */
export function renderUem(result: DiarizationResult, options: RenderOptions = {}): string {
  return writeUem([{ startSeconds: 0, endSeconds: result.durationSeconds }], recordingIdOf(options));
}

/**
 * Reads a UEM file.
 *
 * @returns recording → regions in the order of the file
 * @throws InvalidInputError `invalid_file` with the line number
 */
export function readUem(text: string): Map<string, Segment[]> {
  const recordings = new Map<string, Segment[]>();
  for (const { number, text: line } of dataLinesOf(text)) {
    const fields = line.trim().split(/[ \t]+/);
    if (fields.length !== 4) {
      throw invalidLine(
        FORMAT,
        number,
        `expected the 4 fields recording, channel, start, end, got ${fields.length}.`,
      );
    }
    const startSeconds = timeField(FORMAT, number, 'the start', fields[2]);
    const endSeconds = timeField(FORMAT, number, 'the end', fields[3]);
    if (endSeconds < startSeconds)
      throw invalidLine(FORMAT, number, 'expected an end that is not before the start.');
    const regions = recordings.get(fields[0]!) ?? [];
    regions.push({ startSeconds, endSeconds });
    recordings.set(fields[0]!, regions);
  }
  return recordings;
}
