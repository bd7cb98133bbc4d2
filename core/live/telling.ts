/** What a live session told, and when: the measure of how early and how right it was. */
import type { LiveEvent } from '../result/live/live-events.ts';
import {
  applyLiveEvent,
  EMPTY_LIVE_TRANSCRIPT,
  type LiveTranscript,
} from '../result/live/live-transcript.ts';
import { type Turn, turnsBetween } from '../timeline/turns.ts';

/** When what is shown is looked at again. */
const LATER_SECONDS = 30;
/** A change of what is younger is hardly seen. */
const SEEN_SECONDS = 2;

/** A turn as it was first told: never changed, cut into the pieces in which it came. */
export class Telling {
  readonly #latencySeconds: number;
  #state: LiveTranscript = EMPTY_LIVE_TRANSCRIPT;
  readonly #first: Turn[] = [];
  readonly #later: Turn[] = [];
  readonly #firstLabels = new Map<string, number>();
  #shownUntil = 0;
  #laterUntil = 0;
  #changes = 0;

  /** @param latencySeconds of the session */
  constructor(latencySeconds: number) {
    this.#latencySeconds = latencySeconds;
  }

  hear(event: LiveEvent): void {
    if (event.type === 'turn') this.#told(event);
    if (event.type === 'revision') {
      if (event.reason === 'final') this.#ended(event);
      else if (this.#shownUntil - event.toSeconds >= SEEN_SECONDS) this.#changes += 1;
    }
    this.#state = applyLiveEvent(this.#state, event);
    if (event.type === 'status') this.#look(event.heardSeconds - LATER_SECONDS);
  }

  /** As it was first told. */
  get first(): readonly Turn[] {
    return this.#first;
  }

  /** As it was shown 30 s later, or at the last moment before the end corrected all. */
  get later(): readonly Turn[] {
    return this.#later;
  }

  /** Intervals that were changed at an age of two seconds or more, while people spoke. */
  get changes(): number {
    return this.#changes;
  }

  /** Labels that were ever shown. */
  get labelCount(): number {
    return this.#firstLabels.size;
  }

  /** From the first word under a label until it was shown, for each label. */
  get firstLabelSeconds(): readonly number[] {
    return [...this.#firstLabels.values()];
  }

  get state(): LiveTranscript {
    return this.#state;
  }

  #told({ speaker, startSeconds, endSeconds }: Extract<LiveEvent, { type: 'turn' }>): void {
    const from = Math.max(startSeconds, this.#shownUntil);
    // Several speakers are told of the same stretch one after another.
    const before = this.#state.turns.find(
      (turn) =>
        turn.speaker === speaker && turn.startSeconds <= startSeconds && turn.endSeconds > startSeconds,
    );
    const known = before === undefined ? startSeconds : Math.min(endSeconds, before.endSeconds);
    if (endSeconds > known) this.#first.push({ speaker, startSeconds: known, endSeconds });
    if (!this.#firstLabels.has(speaker))
      this.#firstLabels.set(speaker, Math.max(endSeconds, from) + this.#latencySeconds - startSeconds);
    this.#shownUntil = Math.max(this.#shownUntil, endSeconds);
  }

  /** The last seconds of a session are told by its end: younger than the latency, they were not told before. */
  #ended({ turns }: Extract<LiveEvent, { type: 'revision' }>): void {
    this.#look(this.#shownUntil);
    const rest = turnsBetween(turns, this.#shownUntil, Infinity);
    this.#first.push(...rest);
    this.#later.push(...rest);
    this.#laterUntil = Infinity;
  }

  #look(untilSeconds: number): void {
    if (untilSeconds <= this.#laterUntil) return;
    for (const { speaker, startSeconds, endSeconds } of turnsBetween(
      this.#state.turns,
      this.#laterUntil,
      untilSeconds,
    ))
      this.#later.push({ speaker, startSeconds, endSeconds });
    this.#laterUntil = untilSeconds;
  }
}
