/** One speaker heard in two channels is written down once. */
import { firstEndingAfter, sharedSeconds } from '../../transcript/attribute-speakers.ts';
import type { Segment } from '../../timeline/turns.ts';
import { keepWords } from '../keep-words.ts';
import type { RecognisedSegment } from '../recogniser.ts';
import type { ChannelLevels } from './channel-levels.ts';

/** A channel this much quieter than another hears at most what leaks over from there. */
const LEAK_DB = 20;
/** Words of a channel this much quieter, while words of the other fill that time, are those misheard. */
const MISHEARD_DB = 10;
const MIN_FILLED_SHARE = 0.5;
/** The same word at the same time is an echo of the louder channel, from this difference on. */
const ECHO_DB = 3;
/** Recognisers time the same word in two channels about this differently. */
const ECHO_SECONDS = 0.3;

type Heard = Segment & { readonly text: string };

/** True where, while something was said, another channel was at least 20 dB louder. */
export function isLeak(channel: number, heard: Segment, levels: ChannelLevels): boolean {
  return louderBy(channel, heard, levels).some((difference) => difference >= LEAK_DB);
}

/**
 * Drops what a channel only overheard. A word is overheard while another channel
 *
 * - is at least 20 dB louder, whatever is said there; or
 * - is at least 10 dB louder and has words during at least half of that time (± 0.3 s); or
 * - is at least 3 dB louder and has the same word, but for case and punctuation, at the same time (± 0.3 s).
 *
 * Text without timed words is judged as if it was one word. All else stays, also where people talk at the same time.
 *
 * @param channels what was heard in each channel, by start
 */
export function dropCrossTalk(
  channels: readonly (readonly RecognisedSegment[])[],
  levels: ChannelLevels,
): RecognisedSegment[][] {
  const heard = channels.map((texts) =>
    texts.flatMap((text) => (text.words.length > 0 ? text.words : [text])),
  );
  const isOverheard = (channel: number, item: Heard): boolean =>
    louderBy(channel, item, levels).some((difference, other) => {
      if (difference < ECHO_DB) return false;
      if (difference >= LEAK_DB) return true;
      const meanwhile = heardAround(heard[other]!, item);
      return (difference >= MISHEARD_DB && isFilled(item, meanwhile)) || hasSameWord(meanwhile, item);
    });
  return channels.map((texts, channel) =>
    texts.flatMap((text) => {
      if (text.words.length === 0) return isOverheard(channel, text) ? [] : [text];
      return keepWords(text, (word) => !isOverheard(channel, word));
    }),
  );
}

/** By how many dB each channel is louder than this one during a segment; 0 for itself. */
function louderBy(channel: number, segment: Segment, levels: ChannelLevels): number[] {
  const own = levels.meanDecibels(channel, segment);
  return Array.from({ length: levels.channelCount }, (_, other) => levels.meanDecibels(other, segment) - own);
}

/** What another channel has at the time, and shortly before and after. */
function heardAround(heard: readonly Heard[], { startSeconds, endSeconds }: Segment): Heard[] {
  const around: Heard[] = [];
  const from = firstEndingAfter(heard, startSeconds - ECHO_SECONDS);
  for (let index = from; index < heard.length; index++) {
    if (heard[index]!.startSeconds > endSeconds + ECHO_SECONDS) break;
    around.push(heard[index]!);
  }
  return around;
}

function isFilled(item: Segment, others: readonly Segment[]): boolean {
  const filled = others.reduce((sum, { startSeconds, endSeconds }) => {
    const wide = { startSeconds: startSeconds - ECHO_SECONDS, endSeconds: endSeconds + ECHO_SECONDS };
    return sum + Math.max(0, sharedSeconds(wide, item));
  }, 0);
  return filled > 0 && filled >= MIN_FILLED_SHARE * (item.endSeconds - item.startSeconds);
}

function hasSameWord(others: readonly Heard[], { text }: Heard): boolean {
  const wanted = bare(text);
  return others.some((other) => bare(other.text) === wanted);
}

function bare(text: string): string {
  return text.toLowerCase().replace(/[\p{P}\s]/gu, '');
}
