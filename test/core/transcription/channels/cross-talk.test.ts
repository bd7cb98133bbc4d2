import { describe, expect, it } from 'vitest';
import { ChannelLevels } from '../../../../core/transcription/channels/channel-levels.ts';
import { dropCrossTalk, isLeak } from '../../../../core/transcription/channels/cross-talk.ts';
import type { RecognisedSegment } from '../../../../core/transcription/recogniser.ts';

/** Two seconds; the second channel is so many dB below the first. */
function levelsWith(differenceDecibels: number): ChannelLevels {
  const levels = new ChannelLevels(2);
  const quiet = 0.5 * 10 ** (-differenceDecibels / 20);
  levels.push([new Float32Array(32_000).fill(0.5), new Float32Array(32_000).fill(quiet)]);
  return levels;
}

/** Words of 0.3 s from a moment on. */
function said(text: string, startSeconds: number): RecognisedSegment {
  const words = text.split(' ').map((word, index) => ({
    text: word,
    startSeconds: startSeconds + index * 0.3,
    endSeconds: startSeconds + (index + 1) * 0.3,
  }));
  return { text, words, startSeconds, endSeconds: words.at(-1)!.endSeconds };
}

const textsOf = (channels: readonly (readonly RecognisedSegment[])[]) =>
  channels.map((texts) => texts.map(({ text }) => text));

describe('dropCrossTalk', () => {
  it('drops whatever a channel hears 20 dB below another one, words there or not', () => {
    expect(textsOf(dropCrossTalk([[], [said('who knows', 0.2)]], levelsWith(21)))).toEqual([[], []]);
    expect(textsOf(dropCrossTalk([[], [said('who knows', 0.2)]], levelsWith(19)))).toEqual([
      [],
      ['who knows'],
    ]);
  });

  it('drops the same word at the same time from the quieter channel, whatever its case and punctuation', () => {
    const channels = [[said('Hello, there', 0.2)], [said('hello friend', 0.4)]];
    const kept = dropCrossTalk(channels, levelsWith(5));
    expect(textsOf(kept)).toEqual([['Hello, there'], ['friend']]);
    expect(kept[1]![0]).toMatchObject({ startSeconds: 0.7, endSeconds: 1, words: [{ text: 'friend' }] });
  });

  it('drops other words while the louder channel speaks only where they are 10 dB below', () => {
    const channels = [[said('that is the last tile', 0)], [said('title', 0.6)]];
    expect(textsOf(dropCrossTalk(channels, levelsWith(11)))[1]).toEqual([]);
    expect(textsOf(dropCrossTalk(channels, levelsWith(9)))[1]).toEqual(['title']);
    expect(textsOf(dropCrossTalk([[said('yes', 0)], [said('title', 1.4)]], levelsWith(11)))[1]).toEqual([
      'title',
    ]);
  });

  it('keeps both where two people of equal loudness say the same at the same time', () => {
    const channels = [[said('yes', 0.2)], [said('yes', 0.2)]];
    expect(textsOf(dropCrossTalk(channels, levelsWith(0)))).toEqual([['yes'], ['yes']]);
  });

  it('judges text without timed words as a whole', () => {
    const whole = { text: 'who knows', words: [], startSeconds: 0.2, endSeconds: 1 };
    expect(textsOf(dropCrossTalk([[], [whole]], levelsWith(21)))).toEqual([[], []]);
    expect(textsOf(dropCrossTalk([[], [whole]], levelsWith(5)))).toEqual([[], ['who knows']]);
    expect(isLeak(1, whole, levelsWith(21))).toBe(true);
    expect(isLeak(0, whole, levelsWith(21))).toBe(false);
  });
});
