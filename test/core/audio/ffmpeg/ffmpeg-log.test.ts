import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FfmpegLog } from '../../../../core/audio/ffmpeg/ffmpeg-log.ts';

const TEXT = `[mp3 @ 0x55] [warning] Estimating duration from bitrate, this may be inaccurate
[info] Input #0, mp3, from 'file:/dev/fd/3':
[info]   Metadata:
[info]     title           : Duration: 99:00:00.00, start
[info]   Duration: 01:02:03.45, start: 0.025057, bitrate: 64 kb/s
[mp3 @ 0x55] [error] Header missing
[info]   Duration: 00:00:01.00, start: 0.0
[fatal] Conversion failed!`;

test('keeps the length and the complaints, however the text is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(TEXT.length)), (cuts) => {
      const log = new FfmpegLog();
      const places = [0, ...cuts.sort((a, b) => a - b), TEXT.length];
      for (let i = 1; i < places.length; i++) log.push(TEXT.slice(places[i - 1], places[i]));
      log.finish();
      expect(log.durationSeconds).toBeCloseTo(3723.45, 6);
      expect(log.durationGuessed).toBe(true);
      expect(log.complaints).toEqual(['[mp3 @ 0x55] [error] Header missing', '[fatal] Conversion failed!']);
    }),
  );
});

test('a flood of words takes no memory', () => {
  const log = new FfmpegLog();
  for (let i = 0; i < 1000; i++) log.push('[error] x'.repeat(1000));
  for (let i = 0; i < 1000; i++) log.push('\n[error] again');
  log.finish();
  expect(log.complaints).toHaveLength(50);
  expect(log.complaints.every((line) => line.length <= 1000)).toBe(true);
});

test('no length is no length', () => {
  const log = new FfmpegLog();
  log.push('[info]   Duration: N/A, start: 0.025057, bitrate: 64 kb/s\n');
  log.finish();
  expect(log.durationSeconds).toBeUndefined();
});
