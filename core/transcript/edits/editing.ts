import type { Edit } from '../../result/edit.ts';
import type { DiarizationResult, TranscriptResult, Utterance, Word } from '../../result/result.ts';
import { isTranscript } from '../../result/result.ts';
import { joinWords } from '../../text/join-words.ts';
import type { Segment, Turn } from '../../timeline/turns.ts';
import { mergeTurns, reassignTurns } from './edited-turns.ts';
import { spanOfWords, typedWords } from './edited-words.ts';

type EditOf<Op extends Edit['op']> = Extract<Edit, { op: Op }>;

/**
 * A result while it is edited. What an edit does not touch stays the very same object, so that whoever shows it sees
 * what is new.
 *
 * Every method returns why nothing was done, or `undefined` when it was.
 */
export class Editing {
  readonly labels: string[];
  readonly names: Map<string, string>;
  utterances: Utterance[];
  turns: readonly Turn[];
  exclusiveTurns: readonly Turn[];
  /** Only names were changed so far: what is counted stays as it is. */
  isRecount = false;

  constructor(result: DiarizationResult | TranscriptResult) {
    this.labels = result.speakers.map(({ label }) => label);
    this.names = new Map(
      result.speakers.flatMap(({ label, name }) => (name === undefined ? [] : [[label, name]])),
    );
    this.utterances = isTranscript(result) ? [...result.utterances] : [];
    this.turns = result.turns;
    this.exclusiveTurns = result.exclusiveTurns;
  }

  apply(edit: Edit): string | undefined {
    const reason = this.#change(edit);
    // Where several spoke at once, a part of an utterance may begin after the next one does.
    if (reason === undefined && !areByStart(this.utterances)) {
      this.utterances.sort((a, b) => a.startSeconds - b.startSeconds);
    }
    return reason;
  }

  #change(edit: Edit): string | undefined {
    switch (edit.op) {
      case 'rename':
        return this.#rename(edit);
      case 'merge':
        return this.#merge(edit);
      case 'assign':
        return this.#assign(edit);
      case 'text':
        return this.#text(edit);
      case 'split':
        return this.#split(edit);
      case 'join':
        return this.#join(edit);
    }
  }

  #rename({ speaker, name }: EditOf<'rename'>): string | undefined {
    if (!this.labels.includes(speaker)) return 'There is no such speaker.';
    const shown = name.trim();
    if (shown === '' || shown === speaker) this.names.delete(speaker);
    else this.names.set(speaker, shown);
    return undefined;
  }

  #merge({ from, into }: EditOf<'merge'>): string | undefined {
    if (from === into) return 'The two speakers are the same.';
    if (!this.labels.includes(from) || !this.labels.includes(into)) return 'There is no such speaker.';
    this.labels.splice(this.labels.indexOf(from), 1);
    this.names.delete(from);
    this.utterances = this.utterances.map((utterance) =>
      utterance.speaker === from ? saidBy(utterance, into) : utterance,
    );
    this.turns = mergeTurns(this.turns, from, into);
    this.exclusiveTurns = mergeTurns(this.exclusiveTurns, from, into);
    this.isRecount = true;
    return undefined;
  }

  #assign({ utterance: index, from = 0, to, speaker }: EditOf<'assign'>): string | undefined {
    const utterance = this.utterances[index];
    if (utterance === undefined) return 'There is no such utterance.';
    const { words } = utterance;
    const end = to ?? words.length;
    if (speaker.trim() === '') return 'The speaker has no name.';
    if (!isRange(words, from, end) || (from === end && words.length > 0))
      return 'The utterance has no such words.';
    if (utterance.speaker === speaker) return 'The words are this speaker’s.';
    const parts = [words.slice(0, from), words.slice(from, end), words.slice(end)];
    const [before, said, after] = parts as [Word[], Word[], Word[]];
    const middle = saidBy(words.length === 0 ? utterance : ofWords(utterance, said), speaker);
    this.utterances.splice(
      index,
      1,
      ...(before.length > 0 ? [ofWords(utterance, before)] : []),
      middle,
      ...(after.length > 0 ? [ofWords(utterance, after)] : []),
    );
    this.#giveTurns(middle, utterance.speaker, speaker);
    return undefined;
  }

  #text({ utterance: index, from, to, text }: EditOf<'text'>): string | undefined {
    const utterance = this.utterances[index];
    if (utterance === undefined) return 'There is no such utterance.';
    const { words, speaker } = utterance;
    if (!isRange(words, from, to)) return 'The utterance has no such words.';
    if (words.length === 0) {
      const whole = text.trim();
      this.utterances.splice(index, 1, ...(whole === '' ? [] : [{ ...utterance, text: whole }]));
    } else {
      const typed = typedWords(text, spanOfWords(words, from, to, utterance), speaker);
      if (typed.length === 0 && from === to) return 'Nothing is put in.';
      const edited = [...words.slice(0, from), ...typed, ...words.slice(to)];
      this.utterances.splice(index, 1, ...(edited.length === 0 ? [] : [ofWords(utterance, edited)]));
    }
    this.isRecount = true;
    return undefined;
  }

  #split({ utterance: index, word }: EditOf<'split'>): string | undefined {
    const utterance = this.utterances[index];
    if (utterance === undefined) return 'There is no such utterance.';
    const { words } = utterance;
    if (!Number.isInteger(word) || word <= 0 || word >= words.length)
      return 'The utterance cannot be split there.';
    this.utterances.splice(
      index,
      1,
      ofWords(utterance, words.slice(0, word)),
      ofWords(utterance, words.slice(word)),
    );
    return undefined;
  }

  #join({ utterance: index }: EditOf<'join'>): string | undefined {
    const [before, utterance] = [this.utterances[index - 1], this.utterances[index]];
    if (before === undefined || utterance === undefined) return 'There is no utterance before it.';
    const { speaker } = before;
    const own = utterance.speaker === speaker ? utterance : saidBy(utterance, speaker);
    const words = [...before.words, ...own.words].sort((a, b) => a.startSeconds - b.startSeconds);
    const isTimed = before.words.length > 0 && own.words.length > 0;
    const joined = isTimed
      ? ofWords(before, words)
      : { ...before, ...spanOf([before, own]), text: `${before.text} ${own.text}`, words: [] };
    this.utterances.splice(index - 1, 2, joined);
    if (speaker !== null && utterance.speaker !== speaker)
      this.#giveTurns(utterance, utterance.speaker, speaker);
    return undefined;
  }

  #giveTurns({ startSeconds, endSeconds }: Segment, from: string | null, to: string): void {
    const span = { startSeconds, endSeconds };
    if (!this.labels.includes(to)) this.labels.push(to);
    this.turns = reassignTurns(this.turns, span, from, to);
    this.exclusiveTurns = reassignTurns(this.exclusiveTurns, span, from, to);
    this.isRecount = true;
  }
}

function areByStart(parts: readonly Segment[]): boolean {
  return parts.every((part, index) => index === 0 || parts[index - 1]!.startSeconds <= part.startSeconds);
}

function isRange(words: readonly Word[], from: number, to: number): boolean {
  return Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= words.length;
}

function saidBy(utterance: Utterance, speaker: string | null): Utterance {
  return { ...utterance, speaker, words: utterance.words.map((word) => ({ ...word, speaker })) };
}

/** @param words at least one */
function ofWords({ speaker }: Utterance, words: readonly Word[]): Utterance {
  return {
    speaker,
    ...spanOf(words),
    text: joinWords(words),
    words,
    ...(words.some(({ overlapped }) => overlapped) ? { overlapped: true } : {}),
  };
}

function spanOf(parts: readonly Segment[]): Segment {
  return {
    startSeconds: parts.reduce((start, part) => Math.min(start, part.startSeconds), Infinity),
    endSeconds: parts.reduce((end, part) => Math.max(end, part.endSeconds), -Infinity),
  };
}
