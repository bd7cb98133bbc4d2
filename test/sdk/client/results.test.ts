import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { OUTPUT_FORMATS, renderResult } from '../../../core/formats/index.ts';
import { jobResultSchema } from '../../../sdk/contract/index.ts';
import {
  asDiarization,
  asTranscript,
  type DiarizationResult,
  type TranscriptResult,
} from '../../../sdk/index.ts';

function exampleOf(name: string): unknown {
  const job = jobResultSchema.parse(JSON.parse(readFileSync(`docs/examples/${name}.json`, 'utf8')));
  return (job.results[0] as { result?: unknown }).result;
}

const diarization = exampleOf('output-diarize') as DiarizationResult;
const transcript = exampleOf('output-transcribe-one-failed') as TranscriptResult;
const HELPERS = {
  text: 'toText',
  rttm: 'toRttm',
  csv: 'toCsv',
  audacity: 'toAudacity',
  svg: 'toSvg',
} as const;
const WORD_HELPERS = { srt: 'toSrt', vtt: 'toVtt' } as const;

describe('a result', () => {
  test.each(Object.entries(HELPERS))('writes %s as the formats of the core do', (format, helper) => {
    const options = { recordingId: 'meeting' };
    expect(asDiarization(diarization)[helper](options)).toBe(renderResult(diarization, format, options));
    expect(asTranscript(transcript)[helper]()).toBe(renderResult(transcript, format));
  });

  test.each(Object.entries(WORD_HELPERS))('that is a transcript writes %s', (format, helper) => {
    expect(OUTPUT_FORMATS).toHaveProperty(format);
    expect(asTranscript(transcript)[helper]()).toBe(renderResult(transcript, format));
  });

  test('writes the RTTM of the example', () => {
    expect(asDiarization(diarization).toRttm({ recordingId: 'meeting' })).toBe(
      'SPEAKER meeting 1 0.200 3.100 <NA> <NA> SPEAKER_00 <NA> <NA>\nSPEAKER meeting 1 3.100 2.900 <NA> <NA> SPEAKER_01 <NA> <NA>\n',
    );
  });

  test('writes any format by name, and lists them for an unknown one', () => {
    expect(asDiarization(diarization).render('json')).toBe(renderResult(diarization, 'json'));
    expect(() => asDiarization(diarization).render('docx2')).toThrow(/rttm/);
  });

  test('shows the result alone when it is stored, compared or listed', () => {
    const result = asTranscript(transcript);
    expect(JSON.parse(JSON.stringify(result))).toEqual(transcript);
    expect(Object.keys(result)).toEqual(Object.keys(transcript));
    expect({ ...result }).toEqual(transcript);
  });
});
