import { formatFixed } from '../../formats/writing/fixed-decimal.ts';
import type { SpeakerTurn } from './turns-of-scores.ts';

/** A gap of one speaker that is shorter than this is closed. @default 0.05 s */
export const DEFAULT_PATCH_COLLAR_SECONDS = 0.05;

/** Segments of at most this length count as empty in pyannote.core. */
const EMPTY_SECONDS = 1e-6;

/**
 * Collects the turns of all steps; `merged` joins those of one speaker that touch, overlap or nearly touch.
 *
 * @see diart 0.9.2, `PredictionAccumulator` (MIT); convention 24 of the traces
 */
export class TurnAccumulator {
  readonly #collarSeconds: number;
  readonly #turns: SpeakerTurn[] = [];

  /** @param collarSeconds default 0.05 s */
  constructor(collarSeconds = DEFAULT_PATCH_COLLAR_SECONDS) {
    this.#collarSeconds = collarSeconds;
  }

  add(turns: readonly SpeakerTurn[]): void {
    this.#turns.push(...turns);
  }

  /** Merged turns in the order of pyannote's annotations. */
  merged(): SpeakerTurn[] {
    const speakers = [...new Set(this.#turns.map(({ speaker }) => speaker))].sort(byLabel);
    const merged = speakers.flatMap((speaker) =>
      mergeTurns(
        this.#turns.filter((turn) => turn.speaker === speaker),
        this.#collarSeconds,
      ),
    );
    // Tracks are named A, B, … Z, AA, … in the order of labels and times; equal times are told apart by that name.
    return merged
      .map((turn, index) => ({ turn, track: trackName(index) }))
      .sort(
        (a, b) =>
          a.turn.startSeconds - b.turn.startSeconds ||
          a.turn.endSeconds - b.turn.endSeconds ||
          (a.track < b.track ? -1 : 1),
      )
      .map(({ turn }) => turn);
  }
}

/** RTTM lines as diart writes them: three decimals, `speaker<k>`. */
export function rttmOfTurns(turns: readonly SpeakerTurn[], recording: string): string {
  return turns
    .map(({ startSeconds, endSeconds, speaker }) => {
      const duration = formatFixed(endSeconds - startSeconds, 3);
      return `SPEAKER ${recording} 1 ${formatFixed(startSeconds, 3)} ${duration} <NA> <NA> speaker${speaker} <NA> <NA>\n`;
    })
    .join('');
}

/** Turns as they are once diart's command has written them and read them back: rounded, step by step. */
export function roundTurns(turns: readonly SpeakerTurn[]): SpeakerTurn[] {
  return turns.map(({ startSeconds, endSeconds, speaker }) => {
    const start = Number(formatFixed(startSeconds, 3));
    return {
      startSeconds: start,
      endSeconds: start + Number(formatFixed(endSeconds - startSeconds, 3)),
      speaker,
    };
  });
}

function mergeTurns(turns: readonly SpeakerTurn[], collarSeconds: number): SpeakerTurn[] {
  const merged: SpeakerTurn[] = [];
  const sorted = turns.toSorted((a, b) => a.startSeconds - b.startSeconds || a.endSeconds - b.endSeconds);
  for (const turn of sorted) {
    const last = merged.at(-1);
    const gap = last === undefined ? Infinity : turn.startSeconds - last.endSeconds;
    if (last !== undefined && (gap <= EMPTY_SECONDS || gap < collarSeconds)) {
      merged[merged.length - 1] = { ...last, endSeconds: Math.max(last.endSeconds, turn.endSeconds) };
    } else merged.push(turn);
  }
  return merged;
}

/** Labels are sorted as text: speaker10 before speaker2. */
function byLabel(a: number, b: number): number {
  return `speaker${a}` < `speaker${b}` ? -1 : 1;
}

/** The letters of pyannote's `string_generator`. */
function trackName(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : trackName(Math.floor(index / 26) - 1) + letter;
}
