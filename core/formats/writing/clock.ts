import { roundHalfEven } from '../../timeline/sliding-window.ts';

/** How a time is written as a clock. */
export type ClockOptions = {
  /** `true`: 00:00:01.5; `false`: hours only from one hour on. */
  readonly hours: boolean;
  readonly decimalMark: '.' | ',' | '';
  /** Digits of the first field are padded to two. */
  readonly padded: boolean;
};

/**
 * Milliseconds as subtitle writers count them: whole, halves of the double product to even, as Python's
 * `round(seconds * 1000)`.
 */
export function wholeMilliseconds(seconds: number): number {
  return roundHalfEven(seconds * 1000);
}

/**
 * A time as `HH:MM:SS.mmm`, or in part: the layout of SRT, VTT and of readable text.
 *
 * Times before 0 count as 0. Without a decimal mark the milliseconds are cut off, not rounded: 59.9 s is 0:59.
 */
export function formatClock(seconds: number, options: ClockOptions): string {
  const total = Math.max(0, wholeMilliseconds(seconds));
  const hours = Math.floor(total / 3_600_000);
  const minutes = Math.floor(total / 60_000) % 60;
  const wholeSeconds = Math.floor(total / 1000) % 60;
  const fields = options.hours || hours > 0 ? [hours, minutes, wholeSeconds] : [minutes, wholeSeconds];
  const text = fields
    .map((field, index) => (index > 0 || options.padded ? String(field).padStart(2, '0') : String(field)))
    .join(':');
  if (options.decimalMark === '') return text;
  return `${text}${options.decimalMark}${String(total % 1000).padStart(3, '0')}`;
}

/** A time for readers: 0:07, 12:30, 1:02:03. */
export function readableTime(seconds: number): string {
  return formatClock(seconds, { hours: false, decimalMark: '', padded: false });
}
