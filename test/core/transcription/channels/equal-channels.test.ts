import { describe, expect, it, test } from 'vitest';
import {
  ChannelLikeness,
  equalChannelsWarning,
} from '../../../../core/transcription/channels/equal-channels.ts';
import { cutAt, noise } from '../../../support/signals.ts';

const [a, b, c] = [1, 2, 3].map((seed) => noise(16_000, { amplitude: 0.3, seed })) as [
  Float32Array,
  Float32Array,
  Float32Array,
];
const silence = new Float32Array(16_000);

function mixed(first: Float32Array, second: Float32Array, factor: number): Float32Array {
  return first.map((value, i) => value + factor * second[i]!);
}

function pairsOf(channels: readonly Float32Array[], cuts: readonly number[] = []): [number, number][] {
  const likeness = new ChannelLikeness(channels.length);
  const cut = channels.map((channel) => cutAt(channel, cuts));
  cut[0]!.forEach((_, block) => likeness.push(cut.map((blocks) => blocks[block]!)));
  return likeness.equalPairs();
}

describe('channels that hold the same', () => {
  test.each<[string, Float32Array[], [number, number][]]>([
    ['dual mono', [a, a], [[0, 1]]],
    ['dual mono through a lossy codec', [a, mixed(a, b, 0.05)], [[0, 1]]],
    ['dual mono in opposite phase', [a, a.map((value) => -value)], [[0, 1]]],
    ['two of three', [a, b, a], [[0, 2]]],
    [
      'all of three',
      [a, a, a],
      [
        [0, 1],
        [0, 2],
        [1, 2],
      ],
    ],
  ])('%s', (_, channels, expected) => {
    expect(pairsOf(channels)).toEqual(expected);
    expect(pairsOf(channels, [1, 3, 5_000, 5_001])).toEqual(expected);
  });
});

test.each<[string, Float32Array[]]>([
  ['the two sides of a call', [a, b]],
  ['sides that hear each other', [mixed(a, b, 0.5), mixed(b, a, 0.5)]],
  ['one side that is only heard through the other', [a, a.map((value) => 0.1 * value)]],
  ['a silent side', [a, silence]],
  ['silence', [silence, silence]],
  ['one channel', [a]],
  ['three people', [a, b, c]],
])('channels of their own: %s', (_, channels) => {
  expect(pairsOf(channels)).toEqual([]);
});

it('names the channels', () => {
  const likeness = new ChannelLikeness(3);
  likeness.push([a, b, a]);
  expect(equalChannelsWarning(likeness)).toMatchObject({
    code: 'equal_channels',
    message: expect.stringContaining('Channels 0 and 2 hold the same sound') as string,
  });
  expect(equalChannelsWarning(new ChannelLikeness(2))).toBeUndefined();
});
