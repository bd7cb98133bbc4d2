import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRttm, writeRttm } from '../../../../core/formats/annotations/rttm.ts';
import { compareTurns, type Turn } from '../../../../core/timeline/turns.ts';
import { sharedFolder } from '../../../support/shared.ts';

/** RTTM that pyannote.core wrote: all of the shared folder, else a few that are committed. */
const shared = join(sharedFolder, 'data/pyannote-ge2e');
const folder = existsSync(shared)
  ? shared
  : join(import.meta.dirname, '../../../golden/formats/pyannote-rttm');
const files = readdirSync(folder).filter((file) => file.endsWith('.rttm'));

describe('RTTM of pyannote', () => {
  it.each(files)('%s is the same bytes after reading and writing', (file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const recordings = [...readRttm(text)];
    expect(recordings.map(([recording, turns]) => writeRttm(turns, recording)).join('')).toBe(text);
  });
});

const name = fc.stringMatching(/^[!-~àéÖ漢]{1,8}$/u).filter((text) => !text.startsWith(';;'));
const turn = fc
  .record({
    startSeconds: fc.integer({ min: 0, max: 1e7 }),
    durationSeconds: fc.integer({ min: 0, max: 1e6 }),
    speaker: name,
  })
  .map(({ startSeconds, durationSeconds, speaker }): Turn => {
    return {
      startSeconds: startSeconds / 1000,
      endSeconds: startSeconds / 1000 + durationSeconds / 1000,
      speaker,
    };
  });

describe('RTTM', () => {
  it('gives back turns at millisecond borders', () => {
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1 }), name, (turns, recording) => {
        const sorted = turns.toSorted(compareTurns);
        expect(readRttm(writeRttm(sorted, recording))).toEqual(new Map([[recording, sorted]]));
      }),
    );
  });

  it('writes names without white space, and keeps different ones apart', () => {
    const turns = ['A_B', 'A B', 'A\tB', ''].map((speaker, index) => {
      return { startSeconds: index, endSeconds: index + 1, speaker };
    });
    const written = readRttm(writeRttm(turns, 'my recording\n1.wav')).get('my_recording_1.wav');
    expect(written?.map(({ speaker }) => speaker)).toEqual(['A_B', 'A_B_2', 'A_B_3', '_']);
  });

  it('reads confidence, several recordings, comments, tabs, CR LF and a byte order mark', () => {
    const text =
      '\uFEFF;; made by hand\r\nSPKR-INFO a 1 <NA> <NA> <NA> unknown X <NA>\r\n' +
      'SPEAKER\ta\t1\t2.5\t1e0\t<NA>\t<NA>\tX\t0.25\t<NA>\r\n\r\nSPEAKER b 1 0 1 <NA> <NA> Y <NA>\r\n';
    expect([...readRttm(text)]).toEqual([
      ['a', [{ startSeconds: 2.5, endSeconds: 3.5, speaker: 'X', confidence: 0.25 }]],
      ['b', [{ startSeconds: 0, endSeconds: 1, speaker: 'Y' }]],
    ]);
  });

  it('takes names with spaces from lines that are parted by tabs', () => {
    const fields = ['SPEAKER', 'my talk', '1', '0', '10', '<NA>', '<NA>', 'Ana Maria', '<NA>', '<NA>'];
    expect([...readRttm(fields.join('\t'))]).toEqual([
      ['my talk', [{ startSeconds: 0, endSeconds: 10, speaker: 'Ana Maria' }]],
    ]);
  });

  it.each([
    ['WORD a 1 0 1 <NA> <NA> X <NA> <NA>', 'record type'],
    ['SPEAKER a 1 0 1 <NA>', 'at least 8 fields'],
    ['SPEAKER a 1 zero 1 <NA> <NA> X <NA> <NA>', 'the start'],
    ['SPEAKER a 1 0x10 1 <NA> <NA> X <NA> <NA>', 'the start'],
    ['SPEAKER a 1 1e999 1 <NA> <NA> X <NA> <NA>', 'the start'],
    ['SPEAKER a 1 0 NaN <NA> <NA> X <NA> <NA>', 'the duration'],
    ['SPEAKER a 1 0 -1 <NA> <NA> X <NA> <NA>', 'duration of 0 or more'],
    ['SPEAKER my talk 1 0 10 <NA> <NA> A <NA> <NA>', 'got 11: names may hold no spaces'],
    ['SPEAKER my long talk 1 0 10 <NA> <NA> A <NA> <NA>', 'got 12: names may hold no spaces'],
    ['SPEAKER a 1 0 10 <NA> <NA> Ana Maria <NA> <NA>', 'got 11: names may hold no spaces'],
    ['SPEAKER my talk 1 0 10 <NA> <NA> A', 'names may hold no spaces'],
  ])('names the line of %j', (line, expected) => {
    const text = `SPEAKER a 1 0 1 <NA> <NA> X <NA> <NA>\n\n${line}\n`;
    expect(() => readRttm(text)).toThrow(
      expect.objectContaining({
        code: 'invalid_file',
        message: expect.stringMatching(`line 3.*${expected}`),
      }),
    );
  });

  it('survives any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          readRttm(text);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid_file' });
        }
      }),
    );
  });
});
