/** Live events as OpenAI's Realtime transcription tells them: an item for each stretch of text. */
import type { LiveEvent, LiveWord } from '../../../../core/result/live/live-events.ts';
import { newId } from '../../desk/random-ids.ts';

/** An event without its id. */
export type RealtimeEvent = Readonly<Record<string, unknown>> & { readonly type: string };

type Item = { readonly id: string; told: string; isCommitted: boolean };

const TRANSCRIPTION = 'conversation.item.input_audio_transcription';

export class RealtimeItems {
  readonly #tell: (event: RealtimeEvent) => void;
  readonly #names = new Map<string, string>();
  #item: Item | undefined;
  #previous: string | null = null;

  constructor(tell: (event: RealtimeEvent) => void) {
    this.#tell = tell;
  }

  /** @param offsetSeconds where the sound of the live session begins in that of the socket */
  hear(event: LiveEvent, offsetSeconds: number): void {
    if (event.type === 'speaker' && event.name !== undefined) this.#names.set(event.speaker, event.name);
    if (event.type === 'speech')
      this.#speech(event.state, Math.round(1000 * (offsetSeconds + event.atSeconds)));
    if (event.type !== 'text') return;
    if (event.final) this.#complete(event.words, event.text, offsetSeconds);
    // What was told cannot be taken back: only words that two decodes agreed on.
    else this.#delta(textOf(agreed(event.words)));
  }

  /** Tells that the sound so far is an item, where nothing of it was told yet. */
  commit(): string {
    const item = this.#open();
    if (item.isCommitted) return item.id;
    item.isCommitted = true;
    this.#tell({ type: 'input_audio_buffer.committed', item_id: item.id, previous_item_id: this.#previous });
    const content = [{ type: 'input_audio', transcript: null }];
    this.#tell({
      type: 'conversation.item.added',
      previous_item_id: this.#previous,
      item: {
        id: item.id,
        object: 'realtime.item',
        type: 'message',
        status: 'completed',
        role: 'user',
        content,
      },
    });
    this.#previous = item.id;
    return item.id;
  }

  /** Ends an item that was committed and in which nobody said anything. */
  endCommitted(): void {
    if (this.#item?.isCommitted === true) this.#complete([], '', 0);
    this.#item = undefined;
  }

  fail(error: Readonly<Record<string, unknown>>): void {
    if (this.#item !== undefined) this.#tell({ type: `${TRANSCRIPTION}.failed`, ...this.#place(), error });
  }

  #open(): Item {
    this.#item ??= { id: newId('item'), told: '', isCommitted: false };
    return this.#item;
  }

  #place(): { readonly item_id: string; readonly content_index: 0 } {
    return { item_id: this.#open().id, content_index: 0 };
  }

  #speech(state: 'start' | 'end', ms: number): void {
    const { id: item_id } = this.#open();
    if (state === 'start')
      this.#tell({ type: 'input_audio_buffer.speech_started', audio_start_ms: ms, item_id });
    else this.#tell({ type: 'input_audio_buffer.speech_stopped', audio_end_ms: ms, item_id });
  }

  #delta(text: string): void {
    const item = this.#open();
    if (!text.startsWith(item.told) || text.length === item.told.length) return;
    const delta = text.slice(item.told.length);
    item.told = text;
    this.#tell({ type: `${TRANSCRIPTION}.delta`, ...this.#place(), delta });
  }

  #complete(words: readonly LiveWord[], transcript: string, offsetSeconds: number): void {
    this.commit();
    this.#delta(transcript);
    const place = this.#place();
    for (const run of runsOf(words)) {
      const [first, last] = [run[0]!, run.at(-1)!];
      this.#tell({
        type: `${TRANSCRIPTION}.segment`,
        ...place,
        id: newId('seg'),
        speaker: first.speaker === null ? '' : (this.#names.get(first.speaker) ?? first.speaker),
        start: offsetSeconds + first.startSeconds,
        end: offsetSeconds + last.endSeconds,
        text: textOf(run),
      });
    }
    const seconds = words.length === 0 ? 0 : words.at(-1)!.endSeconds - words[0]!.startSeconds;
    this.#tell({
      type: `${TRANSCRIPTION}.completed`,
      ...place,
      transcript,
      usage: { type: 'duration', seconds },
    });
    this.#item = undefined;
  }
}

function agreed(words: readonly LiveWord[]): readonly LiveWord[] {
  const open = words.findIndex((word) => !word.agreed);
  return open < 0 ? words : words.slice(0, open);
}

function textOf(words: readonly LiveWord[]): string {
  return words
    .map(({ text, spaceBefore }, index) => (index > 0 && spaceBefore !== false ? ` ${text}` : text))
    .join('');
}

/** Stretches of one speaker. */
function runsOf(words: readonly LiveWord[]): LiveWord[][] {
  const runs: LiveWord[][] = [];
  for (const word of words) {
    const run = runs.at(-1) ?? [];
    if (run[0]?.speaker === word.speaker) run.push(word);
    else runs.push([word]);
  }
  return runs;
}
