import { describe, expect, it } from 'vitest';
import { utterancesOfText } from '../../../core/transcription/utterances-of-text.ts';
import { DEFAULT_UTTERANCE_OPTIONS } from '../../../core/transcript/utterances.ts';

describe('heardUtterances', () => {
  it('cuts text at long pauses and gives every word the speaker', () => {
    const words = [
      { text: 'one', startSeconds: 0, endSeconds: 1 },
      { text: 'two', startSeconds: 1.5, endSeconds: 2 },
      { text: 'three', startSeconds: 4, endSeconds: 5 },
    ];
    const heard = { text: 'one two three', startSeconds: 0, endSeconds: 5, words };
    const utterances = utterancesOfText(heard, 'SPEAKER_01', DEFAULT_UTTERANCE_OPTIONS);
    expect(utterances.map(({ text, speaker }) => [text, speaker])).toEqual([
      ['one two', 'SPEAKER_01'],
      ['three', 'SPEAKER_01'],
    ]);
    expect(utterances[0]!.words[0]).toEqual({ ...words[0], speaker: 'SPEAKER_01' });
  });

  it('keeps text without timed words whole', () => {
    const heard = { text: 'one two', startSeconds: 1, endSeconds: 2, words: [] };
    expect(utterancesOfText(heard, null, DEFAULT_UTTERANCE_OPTIONS)).toEqual([{ ...heard, speaker: null }]);
  });
});
