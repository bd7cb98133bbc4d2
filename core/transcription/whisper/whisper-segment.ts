import type { WindowDecode } from './decode/decode-window.ts';

/** A word of a segment; its text keeps the space in front of it. */
export type WhisperWord = {
  text: string;
  startSeconds: number;
  endSeconds: number;
  readonly probability: number;
};

/** A stretch of text between two timestamps; later steps correct its times and fill in its words. */
export type WhisperSegment = {
  /** Mel frame at which its window began. */
  readonly seek: number;
  startSeconds: number;
  endSeconds: number;
  text: string;
  /** Timestamps included. */
  tokens: readonly number[];
  words: WhisperWord[];
  /** The decode that it comes from, shared by the segments of a window. */
  readonly decode: WindowDecode;
};
