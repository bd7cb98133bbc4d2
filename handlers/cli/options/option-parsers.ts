import { InvalidInputError } from '../../../core/errors.ts';
import { joinSegments } from '../../../core/timeline/join-segments.ts';
import type { Segment } from '../../../core/timeline/turns.ts';

/** A whole number between bounds, digits only: `1e9`, `0x10` and ` 3` are refused. */
export function wholeNumber(option: string, min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,12}$/.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    throw invalidOption(option, `a whole number from ${min} to ${max}`, text);
  };
}

/** Seconds from 0 up, as digits with an optional decimal point. */
export function seconds(option: string): (text: string) => number {
  return (text) => {
    if (/^\d{1,9}(\.\d{1,9})?$/.test(text)) return Number(text);
    throw invalidOption(option, 'seconds from 0 up, such as 0.25', text);
  };
}

/** `mix`, or a channel counted from 0. */
export function channelSelection(option: string): (text: string) => number | 'mix' {
  return (text) => {
    if (text === 'mix') return 'mix';
    if (/^\d{1,5}$/.test(text)) return Number(text);
    throw invalidOption(option, '"mix" or the number of a channel, counted from 0', text);
  };
}

/**
 * Stretches of time such as `10-20.5,60-`; an open end is the end of the recording.
 *
 * @returns by time, without overlap
 */
export function timeRanges(option: string): (text: string) => Segment[] {
  return (text) => {
    const clips = text.split(',').map((part) => {
      const [, start, end] = /^ *(\d{1,9}(?:\.\d{1,9})?)-(\d{1,9}(?:\.\d{1,9})?)? *$/.exec(part) ?? [];
      const clip = { startSeconds: Number(start ?? NaN), endSeconds: Number(end ?? Infinity) };
      if (clip.startSeconds < clip.endSeconds) return clip;
      throw invalidOption(option, 'stretches of seconds such as 10-20.5,60-', text);
    });
    return joinSegments(clips);
  };
}

/** The error for a value that an option does not take. */
export function invalidOption(option: string, expected: string, got: string): InvalidInputError {
  return new InvalidInputError(
    'invalid_option',
    `${option} takes ${expected}, got ${JSON.stringify(got.slice(0, 80))}.`,
    { details: { option } },
  );
}
