import { describe, expect, it } from 'vitest';
import { joinChannels, type RecordingFacts } from '../../../../core/transcription/channels/join-channels.ts';
import { DEFAULT_ASSEMBLE_OPTIONS } from '../../../../core/transcript/assemble.ts';

const FACTS: RecordingFacts = {
  schemaVersion: 1,
  durationSeconds: 10,
  models: [],
  provider: 'cpu',
  timings: {},
  warnings: [],
};

function said(text: string, startSeconds: number, endSeconds: number) {
  return { text, startSeconds, endSeconds, words: [{ text, startSeconds, endSeconds }] };
}

function join(...channels: Parameters<typeof joinChannels>[0]) {
  return joinChannels(channels, FACTS, 'en', DEFAULT_ASSEMBLE_OPTIONS);
}

describe('joinChannels', () => {
  it('names speakers by channel, puts all by time and leaves simultaneous utterances whole', () => {
    const result = join(
      [said('hello', 1, 2), said('again', 2.2, 3)],
      [said('stop', 2.5, 4), said('now', 6, 7)],
    );
    expect(result.utterances.map(({ speaker, text }) => [speaker, text])).toEqual([
      ['SPEAKER_00', 'hello again'],
      ['SPEAKER_01', 'stop'],
      ['SPEAKER_01', 'now'],
    ]);
    expect(result.words.map(({ text, overlapped }) => [text, overlapped ?? false])).toEqual([
      ['hello', false],
      ['again', true],
      ['stop', true],
      ['now', false],
    ]);
    expect(result.turns).toEqual([
      { speaker: 'SPEAKER_00', startSeconds: 1, endSeconds: 3 },
      { speaker: 'SPEAKER_01', startSeconds: 2.5, endSeconds: 4 },
      { speaker: 'SPEAKER_01', startSeconds: 6, endSeconds: 7 },
    ]);
    expect(result.exclusiveTurns[1]).toEqual({ speaker: 'SPEAKER_01', startSeconds: 3, endSeconds: 4 });
    expect(result.speakers[1]).toMatchObject({
      speakingSeconds: 2.5,
      turnCount: 2,
      wordCount: 2,
      interruptionCount: 1,
    });
    expect(result.pauses).toMatchObject([{ startSeconds: 4, endSeconds: 6, afterWord: 2 }]);
  });

  it('has no speaker for a silent channel, and keeps the number of the other', () => {
    const result = join([], [said('alone', 1, 2)]);
    expect(result.speakers.map(({ label }) => label)).toEqual(['SPEAKER_01']);
    expect(join([], [])).toMatchObject({ speakers: [], turns: [], utterances: [], words: [], pauses: [] });
  });

  it('gives text without timed words to the speaker of its channel', () => {
    const result = join([{ text: 'all at once', startSeconds: 1, endSeconds: 3, words: [] }], []);
    expect(result.utterances).toMatchObject([{ speaker: 'SPEAKER_00', text: 'all at once', words: [] }]);
    expect(result.turns).toHaveLength(1);
  });
});
