import { describe, expect, it } from 'vitest';
import { readResults } from '../../../core/formats/readers.ts';
import { isTranscript } from '../../../core/result/result.ts';

function utterancesOf(text: string, extension: string): unknown[] {
  const [result] = readResults(text, extension).values();
  if (result === undefined || !isTranscript(result)) throw new Error('no transcript');
  return result.utterances.map(({ startSeconds, endSeconds, speaker, text: words }) => [
    startSeconds,
    endSeconds,
    speaker,
    words,
  ]);
}

describe('readResults', () => {
  it('reads STM with labels, comments and regions that are not scored', () => {
    const text =
      ';; LABEL "o" "Overall"\nrec 1 A 0.5 2 <o,f0,male> hello  there\nrec 1 B 2.5 3.25 <laugh> yes\n' +
      'rec A inter_segment_gap 3.25 4 <o,f0,> IGNORE_TIME_SEGMENT_IN_SCORING\nrec 1 A 5 6\n';
    expect(utterancesOf(text, 'stm')).toEqual([
      [0.5, 2, 'A', 'hello  there'],
      [2.5, 3.25, 'B', 'yes'],
      [5, 6, 'A', ''],
    ]);
  });

  it('reads SegLST with times as text and without a session', () => {
    const text = '[{"speaker": 3, "start_time": "1.25", "end_time": 2, "words": "hi there"}]';
    expect(utterancesOf(text, 'json')).toEqual([[1.25, 2, '3', 'hi there']]);
  });

  it('reads SRT without numbers, with tags, points and several lines', () => {
    const text =
      '\uFEFF00:01.5 --> 00:02.000 X1:0\r\n<i>Hello</i>\r\nthere\r\n\r\n\r\n7\r\n01:00:00,001 --> 01:00:01,000\r\n{\\an8}Bye\r\n';
    expect(utterancesOf(text, 'srt')).toEqual([
      [1.5, 2, null, 'Hello there'],
      [3600.001, 3601, null, 'Bye'],
    ]);
  });

  it('takes names in SRT for speakers only where every cue has one', () => {
    const cue = (number: number, text: string): string =>
      `${number}\n00:00:0${number},000 --> 00:00:0${number},500\n${text}\n\n`;
    expect(utterancesOf(cue(1, 'Ana: hi') + cue(2, 'Ben: note: this'), 'srt')).toEqual([
      [1, 1.5, 'Ana', 'hi'],
      [2, 2.5, 'Ben', 'note: this'],
    ]);
    expect(utterancesOf(cue(1, 'Note: this') + cue(2, 'hello'), 'srt')[0]).toEqual([
      1,
      1.5,
      null,
      'Note: this',
    ]);
  });

  it('reads WebVTT with settings, notes, styles and two voices in a cue', () => {
    const text =
      'WEBVTT - title\n\nNOTE a --> b\n\nSTYLE\n::cue { color: red }\n\nid\n00:01.000 --> 00:02.000 align:start\n' +
      '<v.loud Ana>Hi &amp; <b>bye</b></v>\n<v Ben>Yes</v>\n\n01:00:00.000 --> 01:00:01.000\nno <00:01.5>voice\n';
    expect(utterancesOf(text, 'vtt')).toEqual([
      [1, 2, 'Ana', 'Hi & bye'],
      [1, 2, 'Ben', 'Yes'],
      [3600, 3601, null, 'no voice'],
    ]);
  });

  it('reads the short form of TextGrid and passes over points', () => {
    const text =
      'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n2\n<exists>\n2\n"IntervalTier"\n"Ana"\n0\n2\n2\n0\n0.5\n""\n0.5\n2\n' +
      '"say ""hi"" 1 2"\n"TextTier"\n"bells"\n0\n2\n1\n1.5\n"ding"\n';
    expect(utterancesOf(text, 'TextGrid')).toEqual([[0.5, 2, 'Ana', 'say "hi" 1 2']]);
  });

  it.each([
    ['stm', 'rec 1 A 0 1 ok\nrec 1 A 2 1 no', 'line 2'],
    ['stm', 'rec 1 A', 'line 1'],
    ['ctm', 'rec 1 0 1 ok\nrec 1 0 -1 no', 'line 2'],
    ['ctm', 'rec 1 <NA> <NA> <ALT_BEGIN>', 'line 1'],
    ['srt', '1\n00:00:01,000 --> nowhere\nhi', 'line 2'],
    ['srt', '1\n00:00:02,000 --> 00:00:01,000\nhi', 'line 2'],
    ['vtt', '1\n00:00:02,000 --> 00:00:01,000\nhi', 'line 1'],
    ['vtt', 'WEBVTT\n\nhello', 'line 3'],
    ['textgrid', 'File type = "ooTextFile"\nObject class = "TextGrid"\n\nxmin = zero', 'line 4'],
    ['json', '[{"speaker": "A", "start_time": 0, "end_time": 1}]', '\\[0\\].words'],
    ['json', '[{"speaker": "A", "start_time": 2, "end_time": 1, "words": ""}]', '\\[0\\]'],
  ])('names the place where %s is broken', (extension, text, place) => {
    expect(() => readResults(text, extension)).toThrow(
      expect.objectContaining({ code: 'invalid_file', message: expect.stringMatching(place) }),
    );
  });

  it.each(['docx', '', '__proto__'])('rejects the ending %j', (extension) => {
    expect(() => readResults('', extension)).toThrow(expect.objectContaining({ code: 'invalid_option' }));
  });
});

it.each(['rttm', 'stm', 'ctm', 'srt'])(
  'reads silence from %s: one recording in which nobody speaks',
  (extension) => {
    const [[name, result] = ['none', undefined]] = readResults('', extension);
    expect(name).toBe('');
    expect(result).toMatchObject({ turns: [], durationSeconds: 0 });
    expect('utterances' in result!).toBe(extension !== 'rttm');
  },
);

it('says what JSON of another origin lacks', () => {
  expect(() => readResults('{"language": "en", "segments": []}', 'json')).toThrow(/schemaVersion.*SegLST/);
});
