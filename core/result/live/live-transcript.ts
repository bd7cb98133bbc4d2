/** What a listener of a live session knows: one pure reduction over its events, for clients, pages and tests. */
import { compareTurns } from '../../timeline/turns.ts';
import type { DiarizationResult, TranscriptResult } from '../result.ts';
import type { LiveEvent, LiveText, LiveTurn, LiveWord } from './live-events.ts';

/** The state after some events. */
export type LiveTranscript = {
  /** By start. A turn that a revision brought, or cut off behind it, has no number of its own: -1. */
  readonly turns: readonly LiveTurn[];
  /** By start. Ids are of the order of telling: words of now may be told before what was said earlier is final. */
  readonly texts: readonly LiveText[];
  /** Names of labels, and labels that are another one by now. */
  readonly names: Readonly<Record<string, string>>;
  readonly aliases: Readonly<Record<string, string>>;
  readonly isSpeech: boolean;
  readonly status: Extract<LiveEvent, { type: 'status' }> | undefined;
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  readonly result: TranscriptResult | DiarizationResult | null;
  /** Of the result, by shown label. */
  readonly labels: Readonly<Record<string, string>>;
};

/** The state before the first event. */
export const EMPTY_LIVE_TRANSCRIPT: LiveTranscript = Object.freeze({
  turns: [],
  texts: [],
  names: {},
  aliases: {},
  isSpeech: false,
  status: undefined,
  warnings: [],
  result: null,
  labels: {},
});

const NO_ID = -1;

/** The state after one more event. Events of a newer server that are not known here change nothing. */
export function applyLiveEvent(state: LiveTranscript, event: LiveEvent): LiveTranscript {
  switch (event.type) {
    case 'status':
      return { ...state, status: event };
    case 'speech':
      return { ...state, isSpeech: event.state === 'start' };
    case 'turn': {
      const { type: _type, open: _open, ...turn } = event;
      return { ...state, turns: inOrder([...state.turns.filter(({ id }) => id !== turn.id), turn]) };
    }
    case 'text': {
      const { type: _type, ...text } = event;
      const others = state.texts.filter(({ id }) => id !== text.id);
      // What was taken for words turned out to be none.
      const isNothing = text.final && text.text === '';
      return { ...state, texts: isNothing ? others : [...others, text].sort(byStart) };
    }
    case 'speaker':
      return withSpeaker(state, event);
    case 'revision':
      return revised(state, event);
    case 'warning':
      return { ...state, warnings: [...state.warnings, { code: event.code, message: event.message }] };
    case 'result':
      return { ...state, result: event.result, labels: event.labels };
    default:
      return state;
  }
}

function byStart(a: LiveText, b: LiveText): number {
  return a.startSeconds - b.startSeconds || a.id - b.id;
}

/** The person behind a label: the name of the label that it was merged into, or that label itself. */
export function shownName(transcript: LiveTranscript, label: string): string {
  const current = shownLabel(transcript, label);
  return transcript.names[current] ?? current;
}

/** The label that this one was merged into, or itself. */
export function shownLabel({ aliases }: LiveTranscript, label: string): string {
  let current = label;
  // A chain of merges ends; a circle would be a fault of the server and must not hang a page.
  for (let step = 0; step < 100 && Object.hasOwn(aliases, current); step += 1) current = aliases[current]!;
  return current;
}

function withSpeaker(state: LiveTranscript, event: Extract<LiveEvent, { type: 'speaker' }>): LiveTranscript {
  const { speaker, change, name, into } = event;
  if (change === 'named' && name !== undefined)
    return { ...state, names: { ...state.names, [speaker]: name } };
  if (change === 'merged' && into !== undefined)
    return { ...state, aliases: { ...state.aliases, [speaker]: into } };
  return state;
}

function revised(state: LiveTranscript, event: Extract<LiveEvent, { type: 'revision' }>): LiveTranscript {
  const { fromSeconds, toSeconds } = event;
  const kept = state.turns.flatMap((turn) => outside(turn, fromSeconds, toSeconds));
  const brought = event.turns.map((turn) => ({ ...turn, id: NO_ID }));
  const changes = new Map(event.words.map((word) => [`${word.textId} ${word.index}`, word.speaker]));
  const texts =
    changes.size === 0
      ? state.texts
      : state.texts.map((text) => ({ ...text, words: text.words.map(withNewSpeaker(text.id, changes)) }));
  return { ...state, turns: inOrder([...kept, ...brought]), texts };
}

function withNewSpeaker(
  textId: number,
  changes: ReadonlyMap<string, string | null>,
): (word: LiveWord, index: number) => LiveWord {
  return (word, index) => {
    const speaker = changes.get(`${textId} ${index}`);
    return speaker === undefined ? word : { ...word, speaker };
  };
}

/**
 * What is left of a turn outside of an interval. The part behind it keeps the number, because the turn may still grow;
 * the part before it is over.
 */
export function outside<T extends LiveTurn>(turn: T, fromSeconds: number, toSeconds: number): T[] {
  if (turn.endSeconds <= fromSeconds || turn.startSeconds >= toSeconds) return [turn];
  const parts: T[] = [];
  if (turn.startSeconds < fromSeconds) parts.push({ ...turn, endSeconds: fromSeconds, id: NO_ID });
  if (turn.endSeconds > toSeconds) parts.push({ ...turn, startSeconds: toSeconds });
  return parts;
}

function inOrder(turns: LiveTurn[]): LiveTurn[] {
  return turns.sort((a, b) => compareTurns(a, b) || a.id - b.id);
}
