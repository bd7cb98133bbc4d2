import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DecodedFrame } from '../../../../core/audio/clock/decoded-frame.ts';
import { FfmpegLog } from '../../../../core/audio/ffmpeg/ffmpeg-log.ts';

const TEXT = `[png @ 0x54] [error] Invalid PNG signature 0xFFD8FFE000104A46.
[matroska,webm @ 0x53] [error] Element at 0x4640 exceeds its parent
[mp3 @ 0x55] [warning] Estimating duration from bitrate, this may be inaccurate
[info] Input #0, matroska,webm, from 'file:/dev/fd/3':
[info]   Metadata:
[info]     title           : Duration: 99:00:00.00, start
[info]     comment         : Stream #0:7: Audio: forged
[info]   Duration: 01:02:03.45, start: -0.007000, bitrate: 64 kb/s
[info]   Stream #0:0[0x100](und): Video: png, none(pc), 90k tbr (attached pic)
[info]   Stream #0:1(fra): Audio: aac (LC), 48000 Hz, mono, fltp
[info]   Stream #0:2[0x101](eng): Audio: mp3, 48000 Hz, mono, fltp (default)
[info]   Stream #0:2[0x101](eng): Audio: mp3, 48000 Hz, mono, fltp (default)
[info]   Duration: 00:00:01.00, start: 0.0
[info] Stream mapping:
[info]   Stream #0:2 -> #0:0 (mp3 (mp3float) -> pcm_f32le (native))
[Parsed_ashowinfo_2 @ 0x5] [info] n:0 pts:-336 pts_time:-0.007 pos:513 fmt:flt channels:1 chlayout:mono rate:48000 nb_samples:648 checksum:00000000 plane_checksums: [ 00000000 ]
[mp3float @ 0x55] [error] Header missing
[error] Error while decoding stream #0:2: Invalid data found when processing input
[h264 @ 0x55] [error] about the picture
[info]   Stream #0:0: Audio: pcm_f32le, 48000 Hz, mono
[Parsed_ashowinfo_2 @ 0x5] [info] n:1 pts:NOPTS pts_time:NOPTS fmt:flt channels:1 chlayout:mono rate:48000 nb_samples:1152 checksum:1
[mp3float @ 0x55] [error] overread
[error] Error while decoding stream #0:2: Invalid data found when processing input
[matroska,webm @ 0x53] [warning] Packet corrupt (stream = 2, dts = 1).
[fatal] Conversion failed!`;

test('keeps what there is to know, however the text is cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(TEXT.length)), async (cuts) => {
      const log = new FfmpegLog();
      const places = [0, ...cuts.sort((a, b) => a - b), TEXT.length];
      for (let i = 1; i < places.length; i++) log.push(TEXT.slice(places[i - 1], places[i]));
      log.finish();
      expect(log.durationSeconds).toBeCloseTo(3723.45, 6);
      expect(log.durationGuessed).toBe(true);
      expect(log.startSeconds).toBe(-0.007);
      expect(log.complaints).toHaveLength(8);
      expect(log.streams).toEqual([
        { index: 0, kind: 'video', language: undefined, isDefault: false, isPicture: true },
        { index: 1, kind: 'audio', language: 'fra', isDefault: false, isPicture: false },
        { index: 2, kind: 'audio', language: 'eng', isDefault: true, isPicture: false },
      ]);
      expect(log.chosenStream).toBe(2);
      expect(await framesOf(log)).toEqual([
        {
          startSample: -336,
          sampleRate: 48_000,
          sampleCount: 648,
          faults: { decoder: 0, junk: 0, container: 1 },
        },
        {
          startSample: undefined,
          sampleRate: 48_000,
          sampleCount: 1152,
          faults: { decoder: 0, junk: 1, container: 0 },
        },
      ]);
      expect(log.faults).toEqual({ decoder: 2, junk: 0, container: 1 });
    }),
    { numRuns: 30 },
  );
});

async function framesOf(log: FfmpegLog): Promise<DecodedFrame[]> {
  const frames: DecodedFrame[] = [];
  for (let frame = await log.frames.next(); frame !== undefined; frame = await log.frames.next())
    frames.push(frame);
  return frames;
}

test('a flood of words takes no memory', () => {
  const log = new FfmpegLog();
  for (let i = 0; i < 1000; i++) log.push('[error] x'.repeat(1000));
  for (let i = 0; i < 1000; i++) log.push('\n[error] again');
  for (let i = 0; i < 5000; i++) log.push(`\n[info]   Stream #0:${i}: Audio: aac`);
  log.finish();
  expect(log.complaints).toHaveLength(50);
  expect(log.complaints.every((line) => line.length <= 1000)).toBe(true);
  expect(log.streams).toHaveLength(1000);
});

test('no length is no length', () => {
  const log = new FfmpegLog();
  log.push('[info]   Duration: N/A, start: 0.025057, bitrate: 64 kb/s\n');
  log.finish();
  expect(log.durationSeconds).toBeUndefined();
  expect(log.startSeconds).toBe(0.025057);
});

describe('frames', () => {
  test('are waited for, and looked at without being taken', async () => {
    const log = new FfmpegLog();
    const waiting = framesOf(log);
    const alone = new FfmpegLog();
    const looking = alone.frames.peek();
    alone.push(
      '[Parsed_ashowinfo_2 @ 0x5] [info] n:0 pts:0 pts_time:0 fmt:flt rate:8000 nb_samples:5 checksum:1\n',
    );
    expect((await looking)?.sampleCount).toBe(5);
    expect((await alone.frames.next())?.sampleCount).toBe(5);
    log.push(
      '[Parsed_ashowinfo_2 @ 0x5] [info] n:0 pts:0 pts_time:0 fmt:flt rate:8000 nb_samples:5 checksum:1\n',
    );
    log.push(
      '[Parsed_ashowinfo_2 @ 0x5] [info] n:1 pts:5 pts_time:1 fmt:flt rate:8000 nb_samples:6 checksum:1\n',
    );
    log.finish();
    expect((await waiting).map((frame) => frame.sampleCount)).toEqual([5, 6]);
    expect(await log.frames.next()).toBeUndefined();
  });
});
