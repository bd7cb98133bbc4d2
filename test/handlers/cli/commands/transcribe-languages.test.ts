/** Other languages than English, with the recognisers of the repository. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readResultJson } from '../../../../core/formats/json.ts';
import { normaliseBasic } from '../../../../core/metrics/text/text-normaliser-basic.ts';
import { tokenError } from '../../../../core/metrics/words/word-error.ts';
import type { TranscriptResult } from '../../../../core/result/result.ts';
import { interleaved, librarySound } from '../../../support/two-channels.ts';
import { runCliHere } from '../../../support/warm-cli.ts';
import { wavBytes } from '../../../support/wav-bytes.ts';

const samples = join(import.meta.dirname, '../../../../samples');
const GERMAN = join(samples, 'tagesordnung-de.wav');
const WAV_HEADER_BYTES = 44;

async function transcribed(args: readonly string[], input?: Uint8Array): Promise<TranscriptResult> {
  const run = await runCliHere(
    ['transcribe', ...args, '--no-diarize', '--format', 'json'],
    input && { input },
  );
  expect(run.code, run.stderr).toBe(0);
  return readResultJson(run.stdout) as TranscriptResult;
}

const textOf = (result: TranscriptResult): string => result.utterances.map(({ text }) => text).join(' ');
const recognisersOf = ({ models }: TranscriptResult): string[] =>
  models.filter(({ task }) => task === 'speech-recognition').map(({ id }) => id);

describe('colloquy transcribe, languages', { timeout: 600_000 }, () => {
  it('finds out German and has Whisper write it down, as it does where German is asked for', async () => {
    const found = await transcribed([GERMAN]);
    expect(found.language).toBe('de');
    expect(recognisersOf(found)).toEqual(['whisper-base-q8']);
    const characters = (text: string) => Array.from(normaliseBasic(text).trim());
    const truth = readFileSync(join(samples, 'tagesordnung-de.txt'), 'utf8');
    // A synthetic voice: 14 % when this was written.
    expect(tokenError(characters(truth), characters(textOf(found))).errorRate).toBeLessThan(0.25);
    expect(textOf(await transcribed([GERMAN, '--language', 'de']))).toBe(textOf(found));
  });

  it('says when a recording changes language, and writes each part in its own on request', async () => {
    const german = readFileSync(GERMAN).subarray(WAV_HEADER_BYTES);
    const both = wavBytes({ data: Buffer.concat([german, interleaved([librarySound(20)])]) });
    const once = await transcribed(['-'], both);
    // Half of it is German, half English: one of them writes all, and it is said.
    expect(['de', 'en']).toContain(once.language);
    expect(once.warnings.map(({ code }) => code)).toContain('language_changes');
    const mixed = await transcribed(['-', '--language', 'mixed'], both);
    expect(textOf(mixed)).toMatch(/Guten Tag/);
    expect(textOf(mixed)).toMatch(/finished|builder|thirds/);
  });

  it.each([
    [
      'a language that Whisper lacks',
      ['--model', 'whisper-base-q8', '--language', 'xx'],
      /knows en, zh, .*not "xx"/,
    ],
    ['a language that nobody asked of', ['--language', 'qq'], /whisper-base-q8 knows/],
    ['a folder that holds no model', ['--model', samples], /holds no model/],
    ['a folder that is not there', ['--model', './no/such/folder'], /cannot be read/],
  ])('refuses %s', async (_name, options, message) => {
    const run = await runCliHere(['transcribe', GERMAN, ...options]);
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(message);
    expect(run.stdout).toBe('');
  });
});
