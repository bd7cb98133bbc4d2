import type { LiveEvent } from '../../../core/result/live/live-events.ts';
import {
  applyLiveEvent,
  EMPTY_LIVE_TRANSCRIPT,
  type LiveTranscript,
} from '../../../core/result/live/live-transcript.ts';
import type { Turn } from '../../../core/timeline/turns.ts';
import { matchLabels } from '../../../core/live/speakers/match-labels.ts';

/**
 * The events of one session over several hearings of its sound. The first is told as it comes. A later one is not told
 * until it is as far as the one before was; then one revision says what it knows otherwise, and from there on it is told
 * under the labels and numbers of before.
 */
export class Continuation {
  readonly #before: LiveTranscript | undefined;
  readonly #names = new Map<string, string>();
  #state: LiveTranscript = EMPTY_LIVE_TRANSCRIPT;
  #highestTurnId: number;
  /** Every label that listeners were ever told of: none is given to another person. */
  readonly #introduced: Set<string>;
  #told: LiveTranscript;
  #hasCaughtUp: boolean;
  /** Numbers of turns and texts begin behind those of before. */
  #firstTurnId = 0;
  #nextTextId = 0;
  readonly #textIds = new Map<number, number>();

  private constructor(before?: LiveTranscript, highestTurnId = -1, introduced = new Set<string>()) {
    this.#highestTurnId = highestTurnId;
    this.#introduced = introduced;
    this.#before = before;
    this.#told = before ?? EMPTY_LIVE_TRANSCRIPT;
    this.#hasCaughtUp = before === undefined;
  }

  static first(): Continuation {
    return new Continuation();
  }

  /** The same session, heard again from the beginning. */
  again(): Continuation {
    return new Continuation(this.#told, this.#highestTurnId, this.#introduced);
  }

  /** What listeners are told of an event. */
  hear(event: LiveEvent): LiveEvent[] {
    this.#state = applyLiveEvent(this.#state, event);
    if (this.#hasCaughtUp) return this.#tell(this.#renamed(event));
    const isEnd = event.type === 'result';
    const heardBefore = this.#before?.status?.heardSeconds ?? 0;
    const isAsFar = event.type === 'status' && event.heardSeconds >= heardBefore;
    if (!isEnd && !isAsFar) return [];
    this.#hasCaughtUp = true;
    const caughtUp = this.#catchUp();
    return [...caughtUp, ...this.#tell(this.#renamed(event))];
  }

  #tell(events: readonly LiveEvent[]): LiveEvent[] {
    for (const event of events) {
      this.#told = applyLiveEvent(this.#told, event);
      if (event.type === 'speaker') this.#introduced.add(event.speaker);
      if (event.type === 'turn') this.#highestTurnId = Math.max(this.#highestTurnId, event.id);
    }
    return [...events];
  }

  /** One revision over everything, under the labels of before; texts that are new or open. */
  #catchUp(): LiveEvent[] {
    const before = this.#before!;
    const matches = matchLabels(this.#state.turns, before.turns);
    for (const [label, known] of matches) this.#names.set(label, known);
    this.#firstTurnId = 1 + this.#highestTurnId;
    this.#nextTextId = 1 + Math.max(-1, ...before.texts.map(({ id }) => id));
    const turns = this.#state.turns.map(({ id: _id, ...turn }): Turn => this.#named(turn));
    const toSeconds = Math.max(0, ...[...before.turns, ...turns].map(({ endSeconds }) => endSeconds));
    const events: LiveEvent[] = [...new Set(turns.map(({ speaker }) => speaker))]
      .filter((speaker) => !this.#introduced.has(speaker))
      .map((speaker): LiveEvent => ({ type: 'speaker', speaker, change: 'new' }));
    if (toSeconds > 0) {
      const revision = { number: 0, fromSeconds: 0, toSeconds, turns, words: [] };
      events.push({ type: 'revision', ...revision, reason: 'recluster' });
    }
    // Final text is the same in every hearing, its number need not be.
    for (const text of this.#state.texts) events.push(...this.#renamed({ type: 'text', ...text }));
    const kept = new Set(this.#textIds.values());
    for (const { id, final, endSeconds } of before.texts) {
      if (final || kept.has(id)) continue;
      const at = { startSeconds: endSeconds, endSeconds };
      events.push({ type: 'text', id, final: true, ...at, text: '', words: [] });
    }
    return this.#tell(events);
  }

  #renamed(event: LiveEvent): LiveEvent[] {
    if (this.#before === undefined) return [event];
    switch (event.type) {
      case 'turn':
        return [{ ...this.#named(event), id: event.id + this.#firstTurnId }];
      case 'revision':
        return [
          {
            ...event,
            turns: event.turns.map((turn) => this.#named(turn)),
            words: event.words.map((word) => ({
              ...word,
              textId: this.#textId(word.textId),
              speaker: this.#label(word.speaker),
            })),
          },
        ];
      case 'text': {
        const words = event.words.map((word) => ({ ...word, speaker: this.#label(word.speaker) }));
        return [{ ...event, id: this.#textId(event.id, event), words }];
      }
      case 'speaker': {
        const into = event.into === undefined ? {} : { into: this.#label(event.into)! };
        return [{ ...event, speaker: this.#label(event.speaker)!, ...into }];
      }
      case 'result': {
        const labels = Object.entries(event.labels).map(([shown, found]) => [this.#label(shown)!, found]);
        return [{ ...event, labels: Object.fromEntries(labels) as Record<string, string> }];
      }
      default:
        return [event];
    }
  }

  /** The number of a text that was told before, by what it says; else a new one. */
  #textId(id: number, text?: Extract<LiveEvent, { type: 'text' }>): number {
    const known = this.#textIds.get(id);
    if (known !== undefined) return known;
    const taken = new Set(this.#textIds.values());
    const before = this.#before!.texts.find(
      (other) =>
        !taken.has(other.id) &&
        text !== undefined &&
        (other.final ? other.startSeconds === text.startSeconds && other.text === text.text : !text.final),
    );
    const given = before?.id ?? this.#nextTextId++;
    this.#textIds.set(id, given);
    return given;
  }

  #named<T extends Turn>(turn: T): T {
    return { ...turn, speaker: this.#label(turn.speaker)! };
  }

  /** A label of this hearing that nobody had before gets one that nobody has. */
  #label(label: string | null): string | null {
    if (label === null || this.#before === undefined) return label;
    const known = this.#names.get(label);
    if (known !== undefined) return known;
    const used = new Set([...this.#names.values(), ...this.#introduced]);
    let number = 1;
    while (used.has(`S${number}`)) number += 1;
    this.#names.set(label, `S${number}`);
    return `S${number}`;
  }
}
