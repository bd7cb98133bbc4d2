import { expect, test } from 'vitest';
import { openChannels } from '../../../core/audio/channels.ts';
import { openAudio } from '../../../core/audio/decode.ts';
import { encodeWav } from '../../../core/audio/wav/wav-writer.ts';
import { collect, streamOf } from '../../support/byte-streams.ts';
import { joined, noise } from '../../support/signals.ts';

test('all channels in one pass equal the channels one by one', async () => {
  const channels = 3;
  const wav = encodeWav(noise(3 * 30_000), { sampleRate: 44_100, channels });
  const source = await openChannels({ stream: streamOf(wav, [1000]) });
  expect(source).toMatchObject({ sourceChannels: channels, sourceSampleRate: 44_100 });
  const collected: Float32Array[][] = [[], [], []];
  for await (const blocks of source.blocks) {
    expect(new Set(blocks.map((block) => block.length)).size).toBe(1);
    blocks.forEach((block, channel) => collected[channel]!.push(block));
  }
  for (let channel = 0; channel < channels; channel++) {
    const alone = await openAudio({ stream: streamOf(wav) }, { channel });
    expect(joined(...collected[channel]!)).toEqual(await collect(alone.blocks));
  }
});
