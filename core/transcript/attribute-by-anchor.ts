import type { Segment, Turn } from '../timeline/turns.ts';

/** Which moment stands for a word. */
export const WORD_ANCHORS = ['start', 'middle', 'end'] as const;
export type WordAnchor = (typeof WORD_ANCHORS)[number];

export type AnchorOptions = {
  readonly anchor: WordAnchor;
  /** Added to every anchor: −0.05 to 0.2 s corrects a recogniser whose times lead or lag. */
  readonly offsetSeconds: number;
  /** `true`: one turn a word at most, as in NeMo, so that after a long silence words lag behind their turns. */
  readonly compatible: boolean;
};

export const DEFAULT_ANCHOR_OPTIONS: AnchorOptions = Object.freeze({
  anchor: 'start',
  offsetSeconds: 0,
  compatible: false,
});

/**
 * The speaker of each word as NeMo assigns it: one walk through words and turns, on to the next turn as soon as a
 * word's anchor is past the end of this one. Every word gets a speaker, gaps count to the turn behind them, and what
 * comes after all turns to the last.
 *
 * @param words by start
 * @param turns by start
 * @returns `null` only without any turn
 * @see NVIDIA NeMo `OfflineDiarWithASR.get_word_level_json_list`
 */
export function attributeByAnchor(
  words: readonly Segment[],
  turns: readonly Turn[],
  options: Partial<AnchorOptions> = {},
): (string | null)[] {
  const { anchor, offsetSeconds, compatible } = { ...DEFAULT_ANCHOR_OPTIONS, ...options };
  let current = 0;
  return words.map((word) => {
    const seconds = anchorOf(word, anchor) + offsetSeconds;
    while (current < turns.length - 1 && seconds > turns[current]!.endSeconds) {
      current++;
      if (compatible) break;
    }
    return turns[current]?.speaker ?? null;
  });
}

function anchorOf({ startSeconds, endSeconds }: Segment, anchor: WordAnchor): number {
  switch (anchor) {
    case 'start':
      return startSeconds;
    case 'middle':
      return (startSeconds + endSeconds) / 2;
    case 'end':
      return endSeconds;
  }
}
