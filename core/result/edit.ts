/** A name or text of an edit may not be longer; also of a speaker's label. */
export const MAX_EDIT_NAME_LENGTH = 128;

/** Characters of one correction. */
export const MAX_EDIT_TEXT_LENGTH = 20_000;

/** Edits of one recording: more than anybody makes by hand, and a search that replaces every word of a long one. */
export const MAX_EDITS = 100_000;

/**
 * One change that a reader makes to a result. Utterances and words are counted from 0 in the result as it is after the
 * edits before; ranges of words are half open: [from, to).
 */
export type Edit =
  /** Shows another name for a speaker, everywhere. */
  | { readonly op: 'rename'; readonly speaker: string; readonly name: string }
  /** Two labels are one person: everything of `from` becomes `into`'s. */
  | { readonly op: 'merge'; readonly from: string; readonly into: string }
  /** Words were said by somebody else: all of the utterance where no range is given. A new label makes a speaker. */
  | {
      readonly op: 'assign';
      readonly utterance: number;
      readonly from?: number | undefined;
      readonly to?: number | undefined;
      readonly speaker: string;
    }
  /** Other words were said; an empty range inserts, an empty text removes. */
  | {
      readonly op: 'text';
      readonly utterance: number;
      readonly from: number;
      readonly to: number;
      readonly text: string;
    }
  /** A new utterance begins with this word. */
  | { readonly op: 'split'; readonly utterance: number; readonly word: number }
  /** The utterance goes on the one before it, and becomes that speaker's. */
  | { readonly op: 'join'; readonly utterance: number };

/** Why an edit changed nothing. */
export type SkippedEdit = { readonly index: number; readonly reason: string };
