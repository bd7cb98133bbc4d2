import { InvalidInputError } from '../../errors.ts';
import type { Segment, Turn } from '../../timeline/turns.ts';

/** Which part of a recording is scored. */
export type ScoringOptions = {
  /** Regions to score; default: from the first start to the last end of reference and hypothesis together. */
  readonly uem?: readonly Segment[] | undefined;
  /**
   * Width of the unscored zone around each border of each reference turn, half of it on each side: the meaning of
   * `collar` in pyannote.metrics. Give this or `collarEachSideSeconds`, not both.
   */
  readonly collarTotalSeconds?: number | undefined;
  /** The same as the width on each side: the meaning in NIST md-eval, dscore and spyder. */
  readonly collarEachSideSeconds?: number | undefined;
  /** Leaves out the regions where two reference turns overlap. */
  readonly skipOverlap?: boolean | undefined;
};

/** A span in which nobody starts or stops. */
export type ScoredCell = {
  readonly seconds: number;
  /** Index of the speaker of each active reference turn; one that overlaps itself is listed twice. */
  readonly reference: readonly number[];
  readonly hypothesis: readonly number[];
};

/** A reference and a hypothesis cut into cells; speakers are indices into the label lists. */
export type ScoredRecording = {
  readonly referenceLabels: readonly string[];
  readonly hypothesisLabels: readonly string[];
  readonly cells: readonly ScoredCell[];
};

/** Turns that are not longer are ignored, and speakers with no more time than this count as absent (pyannote.core). */
export const SHORTEST_TURN_SECONDS = 1e-6;

type Side = 'reference' | 'hypothesis';
type Event = {
  readonly time: number;
  readonly change: 1 | -1;
  readonly kind: Side | 'uem' | 'collar';
  readonly label: number;
};

/**
 * Cuts a recording into the cells that all diarization metrics are sums over.
 *
 * The conventions are those of pyannote.metrics: first the UEM, then collars and overlap are taken out; collars lie
 * around the borders of every reference turn, also inside overlap and between touching turns of one speaker, and
 * hypothesis borders get none; a speaker who overlaps itself counts twice.
 *
 * @throws InvalidInputError `invalid_option` for times that are not finite, a negative collar, or two collars
 */
export function scoreCells(
  reference: readonly Turn[],
  hypothesis: readonly Turn[],
  options: ScoringOptions = {},
): ScoredRecording {
  const referenceTurns = longEnough(reference, 'reference');
  const hypothesisTurns = longEnough(hypothesis, 'hypothesis');
  const referenceLabels = labelsOf(referenceTurns);
  const hypothesisLabels = labelsOf(hypothesisTurns);
  const uem = longEnough(options.uem ?? extentOf([...referenceTurns, ...hypothesisTurns]), 'UEM');
  const events = [
    ...turnEvents(referenceTurns, 'reference', referenceLabels),
    ...turnEvents(hypothesisTurns, 'hypothesis', hypothesisLabels),
    ...uem.flatMap((segment) => spanEvents(segment.startSeconds, segment.endSeconds, 'uem', -1)),
    ...collarEvents(referenceTurns, collarEachSide(options)),
  ].sort((a, b) => a.time - b.time);
  return {
    referenceLabels: [...referenceLabels.keys()],
    hypothesisLabels: [...hypothesisLabels.keys()],
    cells: sweep(events, options.skipOverlap ?? false),
  };
}

/** Walks the events in time and emits a cell for every scored span between two of them. */
function sweep(events: readonly Event[], skipOverlap: boolean): ScoredCell[] {
  const cells: ScoredCell[] = [];
  const active: Record<Side, number[]> = { reference: [], hypothesis: [] };
  const depth = { uem: 0, collar: 0 };
  let time = -Infinity;
  for (const event of events) {
    const scored = depth.uem > 0 && depth.collar === 0 && !(skipOverlap && active.reference.length > 1);
    if (scored && event.time > time) {
      cells.push({
        seconds: event.time - time,
        reference: [...active.reference],
        hypothesis: [...active.hypothesis],
      });
    }
    time = event.time;
    if (event.kind === 'uem' || event.kind === 'collar') depth[event.kind] += event.change;
    else if (event.change === 1) active[event.kind].push(event.label);
    else active[event.kind].splice(active[event.kind].indexOf(event.label), 1);
  }
  return cells;
}

function spanEvents(startSeconds: number, endSeconds: number, kind: Event['kind'], label: number): Event[] {
  return [
    { time: startSeconds, change: 1, kind, label },
    { time: endSeconds, change: -1, kind, label },
  ];
}

function turnEvents(turns: readonly Turn[], side: Side, labels: ReadonlyMap<string, number>): Event[] {
  return turns.flatMap((turn) =>
    spanEvents(turn.startSeconds, turn.endSeconds, side, labels.get(turn.speaker)!),
  );
}

function collarEvents(turns: readonly Turn[], eachSideSeconds: number): Event[] {
  if (eachSideSeconds === 0) return [];
  return turns
    .flatMap((turn) => [turn.startSeconds, turn.endSeconds])
    .flatMap((border) => spanEvents(border - eachSideSeconds, border + eachSideSeconds, 'collar', -1));
}

function collarEachSide(options: ScoringOptions): number {
  const { collarTotalSeconds, collarEachSideSeconds } = options;
  if (collarTotalSeconds !== undefined && collarEachSideSeconds !== undefined) {
    throw new InvalidInputError(
      'invalid_option',
      'Expected one collar, got both collarTotalSeconds and collarEachSideSeconds; the first is twice the second.',
    );
  }
  const eachSide = collarEachSideSeconds ?? (collarTotalSeconds ?? 0) / 2;
  if (!(eachSide >= 0 && Number.isFinite(eachSide))) {
    throw new InvalidInputError(
      'invalid_option',
      `Expected a collar of 0 seconds or more, got ${eachSide} on each side.`,
    );
  }
  return eachSide;
}

function longEnough<T extends Segment>(segments: readonly T[], what: string): readonly T[] {
  for (const [index, { startSeconds, endSeconds }] of segments.entries()) {
    if (!Number.isFinite(startSeconds) || !Number.isFinite(endSeconds)) {
      throw new InvalidInputError(
        'invalid_option',
        `Expected finite times, got ${startSeconds} to ${endSeconds} in entry ${index} of the ${what}.`,
      );
    }
  }
  return segments.filter(({ startSeconds, endSeconds }) => endSeconds - startSeconds > SHORTEST_TURN_SECONDS);
}

/** Index of every label, by first appearance in time. */
function labelsOf(turns: readonly Turn[]): ReadonlyMap<string, number> {
  const labels = new Map<string, number>();
  for (const { speaker } of turns) if (!labels.has(speaker)) labels.set(speaker, labels.size);
  return labels;
}

function extentOf(turns: readonly Turn[]): Segment[] {
  if (turns.length === 0) return [];
  let startSeconds = Infinity;
  let endSeconds = -Infinity;
  for (const turn of turns) {
    startSeconds = Math.min(startSeconds, turn.startSeconds);
    endSeconds = Math.max(endSeconds, turn.endSeconds);
  }
  return [{ startSeconds, endSeconds }];
}
