import { compareTurns, type Turn, turnsBetween } from '../../timeline/turns.ts';
import { trackFrameSeconds, type TrackSpan } from './speaker-tracks.ts';
import type { TrackLabel } from './track-labels.ts';

/** A stretch of one track. */
type ToldSpan = { readonly track: number; startSeconds: number; endSeconds: number };

/**
 * What should be shown: up to a moment what the last clustering found, from there on what tracks are told to be.
 */
export class ToldTimeline {
  #corrected: readonly Turn[] = [];
  #correctedUntil = 0;
  #spans: ToldSpan[] = [];
  readonly #open = new Map<number, ToldSpan>();

  get correctedUntilSeconds(): number {
    return this.#correctedUntil;
  }

  add(spans: readonly TrackSpan[]): void {
    for (const { track, startFrame, endFrame } of spans) {
      const [startSeconds, endSeconds] = [trackFrameSeconds(startFrame), trackFrameSeconds(endFrame)];
      const open = this.#open.get(track);
      if (open?.endSeconds === startSeconds) open.endSeconds = endSeconds;
      else {
        const span = { track, startSeconds, endSeconds };
        this.#open.set(track, span);
        this.#spans.push(span);
      }
    }
  }

  /** Takes what a clustering found up to a moment; before `keepFromSeconds` all stays as it is. */
  correct(turns: readonly Turn[], untilSeconds: number, keepFromSeconds: number): void {
    const kept = turnsBetween(this.#corrected, 0, keepFromSeconds);
    this.#corrected = [...kept, ...turnsBetween(turns, keepFromSeconds, untilSeconds)];
    this.#correctedUntil = untilSeconds;
    this.#spans = this.#spans.filter(({ endSeconds }) => endSeconds > untilSeconds);
  }

  /** A label takes the place of another. */
  rename(resolved: (label: string) => string): void {
    this.#corrected = this.#corrected.map((turn) => ({ ...turn, speaker: resolved(turn.speaker) }));
  }

  /** All turns from a moment on; those of tracks without a label are not shown. */
  turns(labelsOf: (track: number) => readonly TrackLabel[], fromSeconds: number): Turn[] {
    const corrected = turnsBetween(this.#corrected, fromSeconds, this.#correctedUntil);
    const told = this.#spans.flatMap(({ track, startSeconds, endSeconds }) => {
      const labels = labelsOf(track);
      const span = labels.map(({ label }, index) => ({
        speaker: label,
        startSeconds: Math.max(startSeconds, labels[index]!.fromSeconds),
        endSeconds: Math.min(endSeconds, labels[index + 1]?.fromSeconds ?? Infinity),
      }));
      return span.filter((part) => part.endSeconds > part.startSeconds);
    });
    return joined([
      ...corrected,
      ...turnsBetween(told, Math.max(fromSeconds, this.#correctedUntil), Infinity),
    ]);
  }
}

/** Turns of one speaker that touch or overlap are one. */
function joined(turns: readonly Turn[]): Turn[] {
  const last = new Map<string, { speaker: string; startSeconds: number; endSeconds: number }>();
  const result: { speaker: string; startSeconds: number; endSeconds: number }[] = [];
  for (const { speaker, startSeconds, endSeconds } of turns.toSorted(compareTurns)) {
    const before = last.get(speaker);
    if (before !== undefined && startSeconds <= before.endSeconds) {
      before.endSeconds = Math.max(before.endSeconds, endSeconds);
      continue;
    }
    const turn = { speaker, startSeconds, endSeconds };
    last.set(speaker, turn);
    result.push(turn);
  }
  return result;
}
