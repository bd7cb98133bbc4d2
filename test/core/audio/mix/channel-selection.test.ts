import { expect, test } from 'vitest';
import { checkChannelSelection, takeChannel } from '../../../../core/audio/mix/channel-selection.ts';

const FRAMES = Float32Array.of(0.1, 0.2, 0.4, -1, 1, 0.5);

test('takes one channel as it is', () => {
  expect([...takeChannel(FRAMES, 3, 0)]).toEqual([Math.fround(0.1), -1]);
  expect([...takeChannel(FRAMES, 3, 2)]).toEqual([Math.fround(0.4), 0.5]);
});

test('a mono block is copied, so that its buffer may be used again', () => {
  const frames = Float32Array.of(1, 2);
  const waveform = takeChannel(frames, 1, 0);
  frames.fill(0);
  expect([...waveform]).toEqual([1, 2]);
});

test.each([2, -1, 0.5, NaN])('channel %d of a stereo file is an error that names the choice', (channel) => {
  const check = (): void => checkChannelSelection('call.wav', channel, 2);
  expect(check).toThrow(expect.objectContaining({ code: 'invalid_option' }));
  expect(check).toThrow(/call\.wav has channels 0 to 1/);
});
