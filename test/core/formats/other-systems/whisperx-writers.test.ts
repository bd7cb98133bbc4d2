import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  whisperxClock,
  writeWhisperxAudacity,
  writeWhisperxSrt,
  writeWhisperxText,
  writeWhisperxTsv,
  writeWhisperxVtt,
} from '../../../../core/formats/other-systems/whisperx-writers.ts';
import {
  writeWhisperxJson,
  type WhisperxTranscript,
} from '../../../../core/formats/other-systems/whisperx.ts';
import { sharedFolder } from '../../../support/shared.ts';

type Written = string | { readonly error: string };
type WriterCase = {
  readonly transcript: string;
  readonly options: {
    readonly maxLineWidth: number | null;
    readonly maxLineCount: number | null;
    readonly highlightWords: boolean;
  };
  readonly expected: Readonly<Partial<Record<'srt' | 'vtt' | 'tsv' | 'txt' | 'json' | 'aud', Written>>>;
};
type ClockCase = {
  readonly seconds: number;
  readonly alwaysIncludeHours: boolean;
  readonly decimalMarker: '.' | ',';
  readonly expected: string;
};

/** The golden file in the shared folder, else the committed copy. */
function golden(name: string): unknown {
  const shared = join(sharedFolder, 'data/golden/asr/subtitles', name);
  const copy = join(import.meta.dirname, '../../../golden/formats', `whisperx-${name}`);
  return JSON.parse(readFileSync(existsSync(shared) ? shared : copy, 'utf8'));
}

const { transcripts, cases } = golden('writers.json') as {
  readonly transcripts: Readonly<Record<string, WhisperxTranscript>>;
  readonly cases: readonly WriterCase[];
};

describe('the writers of WhisperX', () => {
  it.each(cases.map((entry, index) => ({ ...entry, index })))(
    'case $index: $transcript with $options',
    ({ transcript: name, options, expected }) => {
      const transcript = transcripts[name]!;
      const written = {
        srt: writeWhisperxSrt(transcript, options),
        vtt: writeWhisperxVtt(transcript, options),
        tsv: writeWhisperxTsv(transcript),
        txt: writeWhisperxText(transcript),
        json: writeWhisperxJson(transcript),
        aud: writeWhisperxAudacity(transcript),
      };
      for (const [format, text] of Object.entries(expected)) {
        if (typeof text === 'string') expect(written[format as keyof typeof written], format).toBe(text);
      }
    },
  );

  it('writes every time as WhisperX does', () => {
    const clocks = (golden('format-timestamp.json') as { readonly cases: readonly ClockCase[] }).cases;
    const actual = clocks.map((row) => whisperxClock(row.seconds, row.alwaysIncludeHours, row.decimalMarker));
    expect(actual).toEqual(clocks.map((row) => row.expected));
  });
});
