import { describe, expect, it } from 'vitest';
import {
  assembleTranscript,
  DEFAULT_ASSEMBLE_OPTIONS,
  type TimedWord,
} from '../../../core/transcript/assemble.ts';
import type { Attribution } from '../../../core/result/attributions.ts';
import { findPauses } from '../../../core/transcript/pauses.ts';
import { RESULT_SCHEMA_VERSION, type DiarizationResult, type Word } from '../../../core/result/result.ts';
import { smoothSpeakers } from '../../../core/transcript/smooth-speakers.ts';
import { countInterruptions } from '../../../core/transcript/speaker-summaries.ts';
import { SpeechByTime } from '../../../core/transcript/speech-by-time.ts';
import { groupUtterances } from '../../../core/transcript/utterances.ts';
import type { Turn } from '../../../core/timeline/turns.ts';

const turn = (speaker: string, startSeconds: number, endSeconds: number): Turn => ({
  speaker,
  startSeconds,
  endSeconds,
});
const timed = (text: string, startSeconds: number, endSeconds: number): TimedWord => ({
  text,
  startSeconds,
  endSeconds,
});
const word = (
  text: string,
  startSeconds: number,
  endSeconds: number,
  speaker: string | null = 'A',
): Word => ({
  text,
  startSeconds,
  endSeconds,
  speaker,
});

function diarization(turns: readonly Turn[], exclusiveTurns = turns): DiarizationResult {
  const labels = [...new Set(turns.map(({ speaker }) => speaker))];
  return {
    schemaVersion: RESULT_SCHEMA_VERSION,
    durationSeconds: 10,
    speakers: labels.map((label) => ({ label, speakingSeconds: 2, turnCount: 1 })),
    turns,
    exclusiveTurns,
    models: [],
    provider: 'cpu',
    timings: {},
    warnings: [],
  };
}

describe('assembleTranscript', () => {
  const turns = [turn('A', 0, 2), turn('B', 1.8, 4)];
  const exclusive = [turn('A', 0, 2), turn('B', 2, 4)];
  const words = [timed('Is', 0, 0.5), timed('it?', 1.6, 2), timed('Yes.', 2.1, 2.6), timed('Mm.', 9, 9.5)];
  const text = { text: 'Is it? Yes. Mm.', startSeconds: 0, endSeconds: 9.5, words };
  const transcript = assembleTranscript([text], diarization(turns, exclusive), 'en');

  it('gives every word its speaker and parts utterances where the speaker changes', () => {
    expect(transcript.words.map(({ speaker }) => speaker)).toEqual(['A', 'A', 'B', null]);
    expect(transcript.utterances.map((utterance) => [utterance.speaker, utterance.text])).toEqual([
      ['A', 'Is'],
      ['A', 'it?'],
      ['B', 'Yes.'],
      [null, 'Mm.'],
    ]);
  });

  it('marks what others speak over', () => {
    expect(transcript.words.map(({ overlapped }) => overlapped ?? false)).toEqual([
      false,
      true,
      false,
      false,
    ]);
    expect(transcript.utterances.map(({ overlapped }) => overlapped ?? false)).toEqual([
      false,
      true,
      false,
      false,
    ]);
  });

  it('reports pauses, words per minute and interruptions', () => {
    expect(transcript.pauses.map(({ afterWord }) => afterWord)).toEqual([0, 2]);
    expect(transcript.speakers).toMatchObject([
      { label: 'A', wordCount: 2, wordsPerMinute: 60, interruptionCount: 0 },
      { label: 'B', wordCount: 1, wordsPerMinute: 30, interruptionCount: 1 },
    ]);
    expect(transcript).toMatchObject({ language: 'en', turns, durationSeconds: 10 });
  });

  it('makes an utterance of text whose words have no times', () => {
    const spoken = { text: 'Is it?', startSeconds: 0, endSeconds: 1.5, words: [] };
    const { utterances, words: none } = assembleTranscript([spoken], diarization(turns, exclusive), null);
    expect(utterances).toEqual([{ ...spoken, speaker: 'A' }]);
    expect(none).toEqual([]);
  });

  it('makes an empty transcript of silence', () => {
    expect(assembleTranscript([], diarization([]), null)).toMatchObject({
      utterances: [],
      words: [],
      pauses: [],
    });
  });
});

describe('the speaker of a word', () => {
  // B interrupts A within a word; C comes long after a gap.
  const turns = [turn('A', 0, 3), turn('B', 2.5, 4), turn('C', 6, 8)];
  const exclusive = [turn('A', 0, 2.5), turn('B', 2.5, 4), turn('C', 6, 8)];
  const words = [timed('one', 0, 1), timed('two', 2.4, 3.2), timed('three', 5.4, 5.8), timed('four', 7, 9)];
  const text = { text: 'one two three four', startSeconds: 0, endSeconds: 9, words };
  const speakersBy = (attribution?: Attribution) =>
    assembleTranscript([text], diarization(turns, exclusive), 'en', {
      ...DEFAULT_ASSEMBLE_OPTIONS,
      attribution,
    }).words.map(({ speaker }) => speaker);

  it('is who has most of its time, or whoever is near', () => {
    expect(speakersBy()).toEqual(['A', 'B', 'C', 'C']);
    expect(speakersBy('overlap')).toEqual(speakersBy());
  });

  it('is by WhisperX whose overlapping turns share most of it, and nobody in a gap', () => {
    // A has 2.4 to 3, B 2.5 to 3.2: 0.6 and 0.7 s.
    expect(speakersBy('whisperx')).toEqual(['A', 'B', null, 'C']);
  });

  it('is by NeMo whose turn its start lies in, or the next', () => {
    expect(speakersBy('nemo-anchor')).toEqual(['A', 'A', 'C', 'C']);
  });

  it('is told by the same rule where only the whole text has a time', () => {
    const whole = { text: 'three', startSeconds: 5, endSeconds: 5.8, words: [] };
    const by = (attribution: Attribution) =>
      assembleTranscript([whole], diarization(turns, exclusive), 'en', {
        ...DEFAULT_ASSEMBLE_OPTIONS,
        attribution,
      }).utterances[0]!.speaker;
    expect([by('overlap'), by('whisperx'), by('nemo-anchor')]).toEqual(['C', null, 'C']);
  });
});

describe('groupUtterances', () => {
  it('begins a new utterance after a long pause only', () => {
    const words = [word('a', 0, 1), word('b', 1.9, 2), word('c', 3.1, 4)];
    expect(groupUtterances(words).map(({ text }) => text)).toEqual(['a b', 'c']);
    expect(groupUtterances([])).toEqual([]);
  });

  it('ends an utterance with the word that ends last', () => {
    expect(groupUtterances([word('a', 0, 3), word('b', 1, 2)])[0]).toMatchObject({ endSeconds: 3 });
  });
});

describe('findPauses', () => {
  it('counts from the end of the last of all words before, whoever says it', () => {
    const words = [word('a', 0, 3, 'A'), word('b', 1, 2, 'B'), word('c', 3.5, 4, 'B')];
    expect(findPauses(words, 0.5)).toEqual([
      { startSeconds: 3, endSeconds: 3.5, afterWord: 0, speakerBefore: 'A', speakerAfter: 'B' },
    ]);
    expect(findPauses(words, 0.51)).toEqual([]);
  });
});

describe('smoothSpeakers', () => {
  const sentence = [timed('we', 0, 0.3), timed('really', 0.4, 0.8), timed('should', 0.9, 1.2)];
  const torn = ['A', 'B', 'A'];

  it('gives a stray word back to the speaker of the sentence who speaks during it', () => {
    const speech = new SpeechByTime([turn('A', 0, 2), turn('B', 0.4, 0.8)]);
    expect(smoothSpeakers(sentence, torn, speech)).toEqual(['A', 'A', 'A']);
  });

  it('leaves a word alone that was said in a pause of the other speaker', () => {
    const speech = new SpeechByTime([turn('A', 0, 0.3), turn('B', 0.4, 0.8), turn('A', 0.9, 2)]);
    expect(smoothSpeakers(sentence, torn, speech)).toEqual(torn);
  });

  it('leaves a sentence of its own alone', () => {
    const speech = new SpeechByTime([turn('A', 0, 2), turn('B', 0.4, 0.8)]);
    const [first, , last] = sentence as [TimedWord, TimedWord, TimedWord];
    expect(smoothSpeakers([first, timed('really?', 0.4, 0.8), last], torn, speech)).toEqual(torn);
    expect(smoothSpeakers([timed('we.', 0, 0.3), sentence[1]!, last], torn, speech)).toEqual(torn);
  });
});

describe('countInterruptions', () => {
  it('counts who starts while another speaks and goes on after', () => {
    const counts = countInterruptions([turn('A', 0, 4), turn('B', 1, 2), turn('B', 3, 5), turn('A', 4.5, 6)]);
    expect([...counts]).toEqual([
      ['B', 1],
      ['A', 1],
    ]);
  });

  it('counts nothing where speakers take turns or start together', () => {
    expect(countInterruptions([turn('A', 0, 1), turn('B', 1, 2)])).toEqual(new Map());
    expect(countInterruptions([turn('A', 0, 1), turn('B', 0, 2)])).toEqual(new Map());
  });
});
