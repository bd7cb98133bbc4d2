import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openAudio } from '../../../core/audio/decode.ts';
import { completeAudioLimits } from '../../../core/audio/limits.ts';
import type { LocalAudio } from '../../../core/audio/open-pcm.ts';
import { encodeWav } from '../../../core/audio/wav/wav-writer.ts';
import { isSpeechError } from '../../../core/errors.ts';
import { streamOf } from '../../support/byte-streams.ts';
import { childProcesses } from '../../support/child-processes.ts';
import { encodeAudio } from '../../support/encode-audio.ts';
import { mutate } from '../../support/mutate.ts';
import { sine } from '../../support/signals.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { float32Bytes, riffChunk, wavBytes } from '../../support/wav-bytes.ts';

/** What a hostile file may become: samples, or an error of ours. */
async function outcomeOf(input: LocalAudio, folder: string): Promise<string> {
  try {
    const limits = completeAudioLimits({ maxDurationSeconds: 60 });
    const source = await openAudio(input, { limits, temporaryFolder: folder });
    for await (const block of source.blocks) {
      if (!block.every(Number.isFinite)) return 'samples that are no numbers';
    }
    return 'samples';
  } catch (error) {
    return isSpeechError(error) && error.code !== 'invariant_violated' ? error.code : String(error);
  }
}

const ALLOWED = [
  'samples',
  'unsupported_audio',
  'corrupt_audio',
  'audio_too_short',
  'audio_too_long',
  'audio_too_large',
];

/** Runs the cases, a few at a time, half of them as files and half as streams; gives the count of each outcome. */
async function runAll(cases: readonly Uint8Array[], concurrency: number): Promise<Record<string, number>> {
  const folder = temporaryFolder();
  const files = temporaryFolder();
  const outcomes: Record<string, number> = {};
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < cases.length; i = next++) {
      const path = join(files, `case-${i}`);
      writeFileSync(path, cases[i]!);
      const outcome = await outcomeOf(
        i % 2 === 0 ? { path } : { stream: streamOf(cases[i]!, [7, 100]) },
        folder,
      );
      expect(ALLOWED, `case ${i}`).toContain(outcome);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  expect(childProcesses(), 'children left').toEqual([]);
  expect(readdirSync(folder), 'temporary files left').toEqual([]);
  return outcomes;
}

/**
 * Test 25 of the reliability list (B4 in issue 10) wants 2,000 files: `COLLOQUY_TEST_MUTATIONS=2000` tries as many, which
 * takes minutes; every run tries those of the same seeds that come first.
 */
const MUTATIONS = Number(process.env.COLLOQUY_TEST_MUTATIONS ?? 760);
const shareOf = (count: number): number => Math.round((count * MUTATIONS) / 760);

describe('25: mutated files end in samples or in a typed error, with no child and no temporary file', () => {
  const tone = sine(440, 0.4, { sampleRate: 22_050, amplitude: 0.5 });
  const wav = encodeWav(tone, { sampleRate: 22_050 });

  test('WAV files', async () => {
    const seeds = [
      wav,
      wavBytes({ formatTag: 3, bits: 32, channels: 2, data: float32Bytes(...tone.subarray(0, 4000)) }),
      wavBytes({
        riffId: 'RF64',
        before: [riffChunk('ds64', new Uint8Array(28))],
        between: [riffChunk('LIST', new Uint8Array(21))],
        bits: 24,
        data: new Uint8Array(9000),
      }),
    ];
    const cases = Array.from({ length: shareOf(600) }, (_, i) => {
      const seed = seeds[i % 3]!;
      if (i % 20 === 0) return mutate(seed, i);
      // With its first 12 bytes whole, the file stays with our own reader.
      return Buffer.concat([seed.subarray(0, 12), mutate(seed.subarray(12), i)]);
    });
    const outcomes = await runAll(cases, 4);
    // Both ends are met: the mutations neither miss nor destroy everything.
    expect(outcomes.samples).toBeGreaterThan(60);
    expect(outcomes.corrupt_audio).toBeGreaterThan(60);
  });

  test.each([
    ['flac', 50],
    ['mp3', 50],
    ['m4a', 30],
    ['ogg', 30],
  ])('%s files', async (extension, count) => {
    const whole = encodeAudio(wav, extension);
    const outcomes = await runAll(
      Array.from({ length: shareOf(count) }, (_, i) => mutate(whole, 1000 + i)),
      4,
    );
    expect(outcomes.samples).toBeGreaterThan(2);
  });

  test('every length of a short WAV file', async () => {
    const short = encodeWav(tone.subarray(0, 8), { sampleRate: 16_000 });
    await runAll(
      Array.from({ length: short.length + 1 }, (_, length) => short.subarray(0, length)),
      4,
    );
  });
});
