/** Does each channel of a recording hold a speaker of its own? */
import type { ChannelMixer } from '../../audio/mix/channel-mixer.ts';
import { continued } from '../pieces/continued.ts';
import { ChannelLevels } from './channel-levels.ts';

/** For each block one array of 16 kHz samples a channel, all equally long. */
export type ChannelBlocks = AsyncIterable<readonly Float32Array[]>;

/** Frames this far below the loudest are pauses. */
const RANGE_DB = 40;
/** Frames below are pauses in any case. */
const QUIETEST_DB = -60;
/** What a channel must lead the other by, to be the one that is spoken into. */
const LEAD_DB = 10;
/** Share of speech during which one channel leads; people talk at the same time for the rest. */
const MIN_LED_SHARE = 0.8;
/** Each channel leads at least this long: a cough is no second speaker. */
const MIN_LED_FRAMES = 10;
const MIN_LED_SHARE_EACH = 0.03;

/** Enough for both sides of a call to have spoken. */
const DECISION_FRAMES = 1_200;

/**
 * True for two channels of which now the one, now the other is much louder, as on the two sides of a call.
 *
 * False stereo (equal channels, or one sound louder on one side), two microphones in one room, one silent channel and
 * any other number of channels are no such recording: their mean loses nothing.
 */
export function hasOneSpeakerAChannel(levels: ChannelLevels): boolean {
  if (levels.channelCount !== 2) return false;
  let peak = QUIETEST_DB;
  for (let frame = 0; frame < levels.frameCount; frame++) {
    peak = Math.max(peak, levels.decibels(0, frame), levels.decibels(1, frame));
  }
  const leastDb = Math.max(QUIETEST_DB, peak - RANGE_DB);
  const led = [0, 0];
  let activeCount = 0;
  for (let frame = 0; frame < levels.frameCount; frame++) {
    const [first, second] = [levels.decibels(0, frame), levels.decibels(1, frame)];
    if (Math.max(first, second) <= leastDb) continue;
    activeCount++;
    if (Math.abs(first - second) >= LEAD_DB) led[first > second ? 0 : 1]!++;
  }
  const [less, more] = led.toSorted((a, b) => a - b) as [number, number];
  return (
    less >= Math.max(MIN_LED_FRAMES, MIN_LED_SHARE_EACH * activeCount) &&
    less + more >= MIN_LED_SHARE * activeCount
  );
}

/** Listens to the first two minutes, decides, and gives all blocks from the beginning. */
export async function detectOneSpeakerAChannel(
  blocks: ChannelBlocks,
  channelCount: number,
): Promise<{ readonly isSplit: boolean; readonly blocks: ChannelBlocks }> {
  const levels = new ChannelLevels(channelCount);
  const heard: (readonly Float32Array[])[] = [];
  const source = blocks[Symbol.asyncIterator]();
  while (levels.frameCount < DECISION_FRAMES) {
    const next = await source.next();
    if (next.done === true) break;
    levels.push(next.value);
    heard.push(next.value);
  }
  return { isSplit: hasOneSpeakerAChannel(levels), blocks: continued(heard, source) };
}

/** All channels as one. */
export async function* mixChannels(blocks: ChannelBlocks, mixer: ChannelMixer): AsyncGenerator<Float32Array> {
  for await (const block of blocks) {
    const mixed = mixer.push(interleave(block));
    if (mixed.length > 0) yield mixed;
  }
  const rest = mixer.finish();
  if (rest.length > 0) yield rest;
}

function interleave(block: readonly Float32Array[]): Float32Array {
  const frames = new Float32Array(block.length * block[0]!.length);
  block.forEach((channel, index) => {
    for (let i = 0; i < channel.length; i++) frames[i * block.length + index] = channel[i]!;
  });
  return frames;
}
