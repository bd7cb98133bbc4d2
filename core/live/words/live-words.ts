/** What is said: final texts as they are cut, open ones before, and a speaker for every word as turns are told. */
import type { LiveEvent, LiveText, LiveWord, WordSpeakerChange } from '../../result/live/live-events.ts';
import { joinWords } from '../../text/join-words.ts';
import type { Segment, Turn } from '../../timeline/turns.ts';
import { attributeSpeakers } from '../../transcript/attribute-speakers.ts';
import type { RecognisedSegment, RecognisedWord } from '../../transcription/recogniser.ts';
import { samplesToSeconds } from '../../timeline/sliding-window.ts';
import type { OpenText } from './open-piece.ts';

/** What is known of speakers. */
export type KnownTurns = {
  readonly turns: readonly Turn[];
  readonly shownUntilSeconds: number;
  readonly stableUntilSeconds: number;
};

/** A piece that was cut and is not recognised yet, and the number under which it was shown before. */
type WaitingPiece = { readonly endSeconds: number; readonly openId: number | undefined };

export class LiveWords {
  readonly #turnsNow: () => KnownTurns;
  readonly #texts: LiveText[] = [];
  readonly #waiting: WaitingPiece[] = [];
  #openId: number | undefined;
  #nextId = 0;
  /** Texts before this one have no pending word. */
  #settled = 0;
  #finalUntil = 0;

  /** @param turnsNow what is shown of speakers */
  constructor(turnsNow: () => KnownTurns) {
    this.#turnsNow = turnsNow;
  }

  get finalUntilSeconds(): number {
    return this.#finalUntil;
  }

  /** A piece of speech was cut: its final text will come. */
  cut(endSample: number): void {
    this.#waiting.push({ endSeconds: samplesToSeconds(endSample), openId: this.#openId });
    this.#openId = undefined;
  }

  open({ segments, agreed }: OpenText): LiveEvent[] {
    const words = segments.flatMap((segment) => segment.words);
    if (words.length === 0) return [];
    this.#openId ??= this.#nextId++;
    return [{ type: 'text', ...this.#text(this.#openId, false, words, agreed, joinWords(words)) }];
  }

  final(segment: RecognisedSegment): LiveEvent[] {
    const events: LiveEvent[] = [];
    let openId: number | undefined;
    while (this.#waiting.length > 0 && this.#waiting[0]!.endSeconds < segment.startSeconds)
      events.push(...nothing(this.#waiting.shift()!));
    const piece = this.#waiting[0];
    if (piece?.openId !== undefined) {
      openId = piece.openId;
      this.#waiting[0] = { ...piece, openId: undefined };
    }
    const id = openId ?? this.#nextId++;
    const { words, text } = segment;
    const told = this.#text(id, true, words.length > 0 ? words : [segment], words.length || 1, text);
    this.#texts.push(told);
    this.#finalUntil = Math.max(this.#finalUntil, segment.endSeconds);
    return [...events, { type: 'text', ...told }];
  }

  /** Speakers of words that were not told yet, now that more turns are. */
  settle(): LiveEvent[] {
    const events: LiveEvent[] = [];
    const known = this.#turnsNow();
    for (let index = this.#settled; index < this.#texts.length; index += 1) {
      const text = this.#texts[index]!;
      if (!text.words.some(({ speakerState }) => speakerState === 'pending')) continue;
      if (text.endSeconds > known.shownUntilSeconds) continue;
      const words = withSpeakers(text.words, known);
      const settled = { ...text, words };
      this.#texts[index] = settled;
      events.push({ type: 'text', ...settled });
    }
    while (this.#texts[this.#settled]?.words.every(({ speakerState }) => speakerState !== 'pending'))
      this.#settled += 1;
    return events;
  }

  /** Words of an interval whose speakers a revision changes. */
  revised(interval: Segment): WordSpeakerChange[] {
    const known = this.#turnsNow();
    const changes: WordSpeakerChange[] = [];
    for (const [at, text] of this.#texts.entries()) {
      if (text.endSeconds < interval.startSeconds || text.startSeconds > interval.endSeconds) continue;
      const words = withSpeakers(text.words, known);
      words.forEach((word, index) => {
        if (word.speaker !== text.words[index]!.speaker)
          changes.push({ textId: text.id, index, speaker: word.speaker });
      });
      this.#texts[at] = { ...text, words };
    }
    return changes;
  }

  /** Gives every word the speaker that the whole recording tells. */
  finish(speakerOf: (word: LiveWord) => string | null | undefined): WordSpeakerChange[] {
    return this.#texts.flatMap((text) =>
      text.words.flatMap((word, index) => {
        const speaker = speakerOf(word);
        return speaker === undefined || speaker === word.speaker ? [] : [{ textId: text.id, index, speaker }];
      }),
    );
  }

  /** Open texts of pieces in which nothing was said, at the end. */
  rest(): LiveEvent[] {
    const open = this.#openId === undefined ? [] : [{ endSeconds: Infinity, openId: this.#openId }];
    this.#openId = undefined;
    return [...this.#waiting.splice(0), ...open].flatMap(nothing);
  }

  #text(
    id: number,
    final: boolean,
    words: readonly RecognisedWord[],
    agreed: number,
    text: string,
  ): LiveText {
    const known = this.#turnsNow();
    const plain = words.map(
      ({ text: written, startSeconds, endSeconds, confidence, spaceBefore }, index): LiveWord => ({
        text: written,
        startSeconds,
        endSeconds,
        ...(spaceBefore === undefined ? {} : { spaceBefore }),
        ...(confidence === undefined ? {} : { confidence }),
        agreed: index < agreed,
        speaker: null,
        speakerState: 'pending',
      }),
    );
    const [first, last] = [plain[0]!, plain.at(-1)!];
    const { startSeconds } = first;
    return { id, final, startSeconds, endSeconds: last.endSeconds, text, words: withSpeakers(plain, known) };
  }
}

function nothing({ openId, endSeconds }: WaitingPiece): LiveEvent[] {
  if (openId === undefined) return [];
  const at = Number.isFinite(endSeconds) ? endSeconds : 0;
  return [{ type: 'text', id: openId, final: true, startSeconds: at, endSeconds: at, text: '', words: [] }];
}

function withSpeakers(
  words: readonly LiveWord[],
  { turns, shownUntilSeconds, stableUntilSeconds }: KnownTurns,
): LiveWord[] {
  const [first, last] = [words[0], words.at(-1)];
  if (first === undefined || last === undefined) return [];
  const near = turns.filter(
    (turn) => turn.endSeconds > first.startSeconds - 1 && turn.startSeconds < last.endSeconds + 1,
  );
  const speakers = attributeSpeakers(words, near);
  return words.map((word, index) => {
    const isShown = word.endSeconds <= shownUntilSeconds;
    return {
      ...word,
      speaker: isShown ? speakers[index]! : null,
      speakerState: !isShown ? 'pending' : word.endSeconds <= stableUntilSeconds ? 'stable' : 'shown',
    };
  });
}
