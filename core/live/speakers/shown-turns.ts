import {
  applyLiveEvent,
  EMPTY_LIVE_TRANSCRIPT,
  type LiveTranscript,
} from '../../result/live/live-transcript.ts';
import type { LiveEvent, LiveTurn, RevisionReason } from '../../result/live/live-events.ts';
import { type Turn, turnsBetween } from '../../timeline/turns.ts';
import { revisedIntervals } from './revised-intervals.ts';

/** Differences that are shorter are not worth a message. */
const LEAST_REVISED_SECONDS = 0.5;

type OpenTurn = { readonly id: number; readonly startSeconds: number };

/** What listeners see, and the events that bring it in line with what is true. */
export class ShownTurns {
  #state: LiveTranscript = EMPTY_LIVE_TRANSCRIPT;
  #shownUntil = 0;
  #nextId = 0;
  #revisions = 0;
  readonly #open = new Map<string, OpenTurn>();

  /** As a listener has them. */
  get turns(): readonly LiveTurn[] {
    return this.#state.turns;
  }

  get shownUntilSeconds(): number {
    return this.#shownUntil;
  }

  /** Shows what was told since. */
  extend(truth: readonly Turn[], untilSeconds: number): LiveEvent[] {
    const from = this.#shownUntil;
    if (untilSeconds <= from) return [];
    const events: LiveEvent[] = [];
    const goesOn = new Set<string>();
    for (const turn of turnsBetween(truth, from, untilSeconds)) {
      const open = turn.startSeconds === from ? this.#open.get(turn.speaker) : undefined;
      const shown = open ?? { id: this.#nextId++, startSeconds: turn.startSeconds };
      const isOpen = turn.endSeconds === untilSeconds;
      if (isOpen) {
        goesOn.add(turn.speaker);
        this.#open.set(turn.speaker, shown);
      }
      const { speaker, endSeconds } = turn;
      events.push({ type: 'turn', ...shown, endSeconds, speaker, open: isOpen });
    }
    for (const speaker of this.#open.keys()) if (!goesOn.has(speaker)) this.#open.delete(speaker);
    this.#shownUntil = untilSeconds;
    return this.#applied(events);
  }

  /** Shows what is known better of what was told. */
  revise(truth: readonly Turn[], fromSeconds: number, reason: RevisionReason): LiveEvent[] {
    const range = { fromSeconds, toSeconds: this.#shownUntil };
    if (range.fromSeconds >= range.toSeconds) return [];
    const intervals = revisedIntervals(this.#state.turns, truth, range, LEAST_REVISED_SECONDS);
    if (intervals.length === 0) return [];
    const number = ++this.#revisions;
    for (const { toSeconds } of intervals) this.#cutOpen(toSeconds);
    return this.#applied(
      intervals.map((interval) => ({ type: 'revision', number, ...interval, words: [], reason })),
    );
  }

  /** The end: everything is what the whole recording tells. */
  replaceAll(truth: readonly Turn[], endSeconds: number): LiveEvent[] {
    this.#open.clear();
    const toSeconds = Math.max(endSeconds, this.#shownUntil, ...truth.map((turn) => turn.endSeconds));
    const number = ++this.#revisions;
    const turns = [...truth];
    return this.#applied([
      { type: 'revision', number, fromSeconds: 0, toSeconds, turns, words: [], reason: 'final' },
    ]);
  }

  /** A turn that is still open goes on behind what was revised. */
  #cutOpen(toSeconds: number): void {
    for (const [speaker, { id, startSeconds }] of this.#open) {
      if (toSeconds >= this.#shownUntil) this.#open.delete(speaker);
      else this.#open.set(speaker, { id, startSeconds: Math.max(startSeconds, toSeconds) });
    }
  }

  #applied(events: LiveEvent[]): LiveEvent[] {
    for (const event of events) this.#state = applyLiveEvent(this.#state, event);
    return events;
  }
}
