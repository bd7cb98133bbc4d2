import { expect, test } from 'vitest';
import {
  checkAudioFormat,
  checkDuration,
  DEFAULT_AUDIO_LIMITS,
  completeAudioLimits,
} from '../../../core/audio/limits.ts';

test('fills in defaults and keeps what is given', () => {
  expect(completeAudioLimits()).toEqual(DEFAULT_AUDIO_LIMITS);
  expect(completeAudioLimits({ maxChannels: 2 })).toEqual({ ...DEFAULT_AUDIO_LIMITS, maxChannels: 2 });
});

test.each([
  { maxChannel: 2 },
  { maxChannels: 0 },
  { maxChannels: NaN },
  { maxDurationSeconds: Infinity },
  { maxChannels: '2' },
])('%j is refused with its name', (limits) => {
  const resolve = (): unknown => completeAudioLimits(limits as object);
  expect(resolve).toThrow(expect.objectContaining({ code: 'invalid_option' }));
  expect(resolve).toThrow(Object.keys(limits)[0]);
});

test('the borders themselves are allowed', () => {
  const check = (channels: number, rate: number): void =>
    checkAudioFormat('x', channels, rate, DEFAULT_AUDIO_LIMITS);
  for (const [channels, rate] of [
    [1, 4000],
    [32, 384_000],
    [2, 1_411_200],
  ] as const)
    expect(() => check(channels, rate)).not.toThrow();
  for (const [channels, rate] of [
    [33, 16_000],
    [1, 3999],
    [1, 1_411_201],
  ] as const) {
    expect(() => check(channels, rate)).toThrow(expect.objectContaining({ code: 'unsupported_audio' }));
  }
  for (const [channels, rate] of [
    [0, 16_000],
    [1, 0],
  ] as const) {
    expect(() => check(channels, rate)).toThrow(expect.objectContaining({ code: 'corrupt_audio' }));
  }
  expect(() => checkDuration('x', 86_400, DEFAULT_AUDIO_LIMITS)).not.toThrow();
  expect(() => checkDuration('x', 86_400.1, DEFAULT_AUDIO_LIMITS)).toThrow(
    expect.objectContaining({ code: 'audio_too_long' }),
  );
});
