import { describe, expect, it } from 'vitest';
import { ChannelMixer } from '../../../../core/audio/mix/channel-mixer.ts';
import {
  detectOneSpeakerAChannel,
  mixChannels,
} from '../../../../core/transcription/channels/channel-layout.ts';
import { channelBlocks, libraryAsCall, librarySound } from '../../../support/two-channels.ts';

const SECONDS = 30;

async function isSplit(channels: readonly Int16Array[]): Promise<boolean> {
  return (await detectOneSpeakerAChannel(channelBlocks(channels), channels.length)).isSplit;
}

describe('detectOneSpeakerAChannel', () => {
  it('recognises a call, also where each side is heard on the other 12 dB below', async () => {
    expect(await isSplit(libraryAsCall(SECONDS, 0))).toBe(true);
    expect(await isSplit(libraryAsCall(SECONDS, 0.25))).toBe(true);
  });

  it('takes everything else as one: equal channels, one side louder, one side silent, one room', async () => {
    const sound = librarySound(SECONDS);
    expect(await isSplit([sound, sound])).toBe(false);
    expect(await isSplit([sound, sound.map((value) => value * 0.1)])).toBe(false);
    expect(await isSplit([sound, new Int16Array(sound.length)])).toBe(false);
    expect(await isSplit(libraryAsCall(SECONDS, 0.6))).toBe(false);
    expect(await isSplit([new Int16Array(16_000), new Int16Array(16_000)])).toBe(false);
    expect(await isSplit([sound])).toBe(false);
    expect(await isSplit([...libraryAsCall(SECONDS, 0), sound])).toBe(false);
  });

  it('gives all blocks from the beginning, those it listened to and those after', async () => {
    const sound = librarySound(72);
    const long = new Int16Array(130 * 16_000);
    long.set(sound);
    long.set(sound.subarray(0, 58 * 16_000), sound.length);
    const { blocks } = await detectOneSpeakerAChannel(channelBlocks([long, long], 7_000), 2);
    let count = 0;
    for await (const block of mixChannels(blocks, new ChannelMixer(2, 16_000))) {
      for (const value of block)
        if (value !== long[count++]! / 32_768) expect.fail(`sample ${count - 1} differs`);
    }
    expect(count).toBe(long.length);
  });
});
