import { describe, expect, it } from 'vitest';
import { agreedCount } from '../../../core/live/words/agreed-words.ts';
import { LiveWindows } from '../../../core/live/speakers/live-windows.ts';
import { matchLabels } from '../../../core/live/speakers/match-labels.ts';
import { revisedIntervals } from '../../../core/live/speakers/revised-intervals.ts';
import { SpeakerTracks } from '../../../core/live/speakers/speaker-tracks.ts';
import { VoiceLabels } from '../../../core/live/speakers/voice-labels.ts';

const turn = (speaker: string, startSeconds: number, endSeconds: number) => ({
  speaker,
  startSeconds,
  endSeconds,
});

describe('live windows', () => {
  it('end every half second from the first on, whatever the blocks are, and begin with silence', () => {
    const sound = Float32Array.from({ length: 40_000 }, (_, i) => i + 1);
    const windowsOf = (blockSamples: number) => {
      const windows = new LiveWindows(24_000);
      const found = [];
      for (let start = 0; start < sound.length; start += blockSamples)
        found.push(...windows.push(sound.subarray(start, start + blockSamples)));
      return found;
    };
    const found = windowsOf(40_000);
    expect(found.map(({ endSample }) => endSample)).toEqual([16_000, 24_000, 32_000, 40_000]);
    expect([found[0]!.samples[0], found[0]!.samples[7_999], found[0]!.samples[8_000]]).toEqual([0, 0, 1]);
    expect([found[3]!.samples[0], found[3]!.samples.at(-1)]).toEqual([16_001, 40_000]);
    expect(windowsOf(777)).toEqual(found);
  });
});

describe('speaker tracks', () => {
  /** A window of 2 s, 100 frames: bits by frame. */
  const window = (bitsOf: (frame: number) => number) => Uint8Array.from({ length: 100 }, (_, i) => bitsOf(i));

  it('stay with a voice whatever its number is in the next window, and tell each frame once', () => {
    const tracks = new SpeakerTracks(32_000, 3);
    expect(
      tracks.follow(
        window((i) => (i < 50 ? 1 : 2)),
        100,
      ),
    ).toEqual([
      { local: 0, track: 0, isNew: true },
      { local: 1, track: 1, isNew: true },
    ]);
    expect(tracks.tell(75)).toEqual([
      { track: 0, startFrame: 0, endFrame: 50 },
      { track: 1, startFrame: 50, endFrame: 75 },
    ]);
    // 25 frames later the two have changed numbers, and a third begins.
    const next = tracks.follow(
      window((i) => (i < 25 ? 2 : i < 80 ? 1 : 5)),
      125,
    );
    expect(next).toEqual([
      { local: 0, track: 1, isNew: false },
      { local: 1, track: 0, isNew: false },
      { local: 2, track: 2, isNew: true },
    ]);
    expect(tracks.tell(110)).toEqual([
      { track: 1, startFrame: 75, endFrame: 110 },
      { track: 2, startFrame: 105, endFrame: 110 },
    ]);
  });
});

describe('labels by voice', () => {
  const voice = (track: number, x: number, y: number, newSeconds = 1) => ({
    track,
    vector: Float64Array.of(x / Math.hypot(x, y), y / Math.hypot(x, y)),
    aloneSeconds: 1,
    newSeconds,
  });
  const labelsOf = () =>
    new VoiceLabels({
      knownFrom: 0.6,
      longKnownFrom: 0.6,
      shortKnownFrom: 0.6,
      shortNewBelow: 0.4,
      sureFrom: 0.9,
      staysBy: 0.1,
      leastNewSeconds: 0.6,
    });
  const nobody = new Set<string>();

  it('knows a voice again, and never two of one window as one', () => {
    const labels = labelsOf();
    expect(labels.hear([voice(0, 1, 0)], 1, nobody)).toEqual([{ change: 'new', label: 'S1' }]);
    expect(labels.hear([voice(1, 1, 0.1)], 2, nobody)).toEqual([]);
    expect(labels.of(1)).toBe('S1');
    // Both are like S1: the one that is more so is.
    const both = [voice(2, 1, 0.7), voice(3, 1, 0)];
    expect(labels.hear(both, 3, nobody)).toEqual([{ change: 'new', label: 'S2' }]);
    expect([labels.of(2), labels.of(3)]).toEqual(['S2', 'S1']);
    // S1 is somebody else of this window.
    expect(labels.hear([voice(4, 1, -1)], 4, new Set(['S1', 'S2']))).toEqual([
      { change: 'new', label: 'S3' },
    ]);
  });

  it('notices that a track is another voice by now, and remembers whose it was', () => {
    const labels = labelsOf();
    labels.hear([voice(0, 1, 0), voice(1, 0, 1)], 1, nobody);
    labels.hear([voice(0, 0.1, 1)], 2, nobody);
    expect(labels.of(0)).toBe('S2');
    labels.hear([voice(2, 1, 0.1)], 3, nobody);
    expect(labels.of(2)).toBe('S1');
  });

  it('leaves a track with whom it was taken for where the voice says little', () => {
    const labels = labelsOf();
    labels.hear([voice(0, 1, 0), voice(1, 0, 1)], 1, nobody);
    labels.hear([voice(0, 1, 1.05, 0)], 2, nobody);
    expect(labels.of(0)).toBe('S1');
    labels.hear([voice(5, 1, 1.5)], 3, nobody);
    expect(labels.of(5)).toBe('S2');
  });

  it('gives nobody a label for too little speech, and hears nothing twice', () => {
    const labels = labelsOf();
    expect(labels.hear([{ ...voice(0, 1, 0), aloneSeconds: 0.5 }], 1, nobody)).toEqual([]);
    expect(labels.of(0)).toBeUndefined();
    labels.hear([voice(0, 1, 0)], 2, nobody);
    labels.hear([voice(0, 1, 0.3, 0)], 3, nobody);
    expect([...labels.centres().get('S1')!]).toEqual([1, 0]);
  });

  it('hears two tracks of a window as one voice where both surely are', () => {
    const labels = labelsOf();
    labels.hear([voice(0, 1, 0)], 1, nobody);
    expect(labels.hear([voice(1, 1, 0.02), voice(2, 1, 0.01)], 2, nobody)).toEqual([]);
    expect([labels.of(1), labels.of(2)]).toEqual(['S1', 'S1']);
  });

  it('keeps what a track was before its voice changed', () => {
    const labels = labelsOf();
    labels.hear([voice(0, 1, 0), voice(1, 0, 1)], 10, nobody);
    labels.hear([voice(0, 0, 1)], 20, nobody);
    expect(labels.allOf(0)).toEqual([
      { label: 'S1', fromSeconds: -Infinity },
      { label: 'S2', fromSeconds: 18 },
    ]);
  });

  it('makes a young label the older one that its voice turns out to be', () => {
    const labels = labelsOf();
    labels.hear([voice(0, 1, 0, 3)], 1, nobody);
    expect(labels.hear([voice(1, 1, 1.5, 1)], 2, nobody)).toEqual([{ change: 'new', label: 'S2' }]);
    expect(labels.hear([voice(1, 1, -0.2, 20)], 3, nobody)).toEqual([]);
    expect(labels.of(1)).toBe('S1');
  });

  it('calls a merged label by the one it became', () => {
    const labels = labelsOf();
    labels.hear([voice(0, 1, 0), voice(1, 0, 1)], 1, nobody);
    labels.merge('S2', 'S1');
    expect([labels.resolved('S2'), labels.of(1), labels.labels]).toEqual(['S1', 'S1', ['S1']]);
    // What was known of either is known of both.
    expect(labels.hear([voice(2, 0, 1)], 2, nobody)).toEqual([]);
    expect(labels.of(2)).toBe('S1');
  });
});

describe('matching labels', () => {
  it('is the assignment with most speech in common, not the first that fits', () => {
    const shown = [turn('S1', 0, 10), turn('S2', 10, 14)];
    const found = [turn('A', 0, 6), turn('B', 6, 14)];
    expect(matchLabels(found, shown)).toEqual(
      new Map([
        ['A', 'S1'],
        ['B', 'S2'],
      ]),
    );
    expect(matchLabels([turn('C', 20, 21)], shown)).toEqual(new Map());
  });
});

describe('revised intervals', () => {
  it('are where somebody else is shown, joined where they are near, and long enough', () => {
    const before = [turn('a', 0, 4), turn('b', 4, 8)];
    const after = [turn('a', 0, 2), turn('b', 2, 3), turn('a', 3.1, 4), turn('b', 4, 7.9)];
    const range = { fromSeconds: 0, toSeconds: 8 };
    expect(revisedIntervals(before, after, range, 0.25)).toEqual([
      { fromSeconds: 2, toSeconds: 3.1, turns: [turn('b', 2, 3)] },
    ]);
    expect(revisedIntervals(after, after, range, 0)).toEqual([]);
  });
});

describe('agreed words', () => {
  const words = (...texts: string[]) =>
    texts.map((text, i) => ({ text, startSeconds: i, endSeconds: i + 0.8 }));

  it('are the same from the beginning on, capitals and commas aside, and not at the edge', () => {
    expect(agreedCount(words('good', 'mourning'), words('Good', 'morning', 'all'), 10)).toBe(1);
    expect(agreedCount(words('good', 'morning'), words('Good,', 'morning.'), 10)).toBe(2);
    expect(agreedCount(words('good', 'morning'), words('Good,', 'morning.'), 1.9)).toBe(1);
    expect(agreedCount([], words('Good'), 10)).toBe(0);
  });
});
