import { describe, expect, it } from 'vitest';
import { utteranceFeatures } from '../../../core/embedding/utterance-front-end.ts';
import { expectArrayClose } from '../../support/close-to.ts';
import { goldenInput, goldenItems, goldenPath } from '../../support/front-end-goldens.ts';
import { readFloat32, readNpy } from '../../support/npy.ts';
import { MISSING } from '../../support/shared.ts';

describe('utteranceFeatures', () => {
  it.for(goldenItems(/^kaldi-fbank\/.*-cmn\.npy$/))('equals torchaudio in $file', (item, { skip }) => {
    const samples = goldenInput(item.input!) ?? skip(MISSING);
    const frontEnd = item.file.includes('wespeaker') ? 'wespeaker-fbank' : '3dspeaker-fbank';
    const [features] = utteranceFeatures(frontEnd, samples);
    const expected = readNpy(goldenPath(item.file));
    expect(features!.dims).toEqual([1, ...expected.shape]);
    const { maxAbs, meanAbs } = item.tolerance;
    expectArrayClose(
      features!.data as Float32Array,
      expected.data as Float32Array,
      { maxAbs: maxAbs!, ...(meanAbs === undefined ? {} : { meanAbs }) },
      item.file,
    );
  });

  it.for(goldenItems(/^nemo\/mel80-.*\.npy$/))(
    'equals NeMo, padded to 16 frames, in $file',
    (item, { skip }) => {
      const samples = goldenInput(item.input!) ?? skip(MISSING);
      const [features, length] = utteranceFeatures('nemo-mel-80', samples);
      const frameCount = readNpy(goldenPath(item.file)).shape[1]!;
      const padded = features!.dims[2]!;
      expect(padded % 16).toBe(0);
      expect(padded - frameCount).toBeLessThan(16);
      expect(length!.data).toEqual(BigInt64Array.of(BigInt(Math.floor(samples.length / 160))));
      const expected = readFloat32(goldenPath(item.file));
      const data = features!.data as Float32Array;
      for (let mel = 0; mel < 80; mel++) {
        const row = data.subarray(mel * padded, (mel + 1) * padded);
        expectArrayClose(
          row.subarray(0, frameCount),
          expected.subarray(mel * frameCount, (mel + 1) * frameCount),
          { maxAbs: item.tolerance.maxAbs! },
          `${item.file}, bin ${mel}`,
        );
        expect(row.subarray(frameCount).every((value) => value === 0)).toBe(true);
      }
    },
  );

  it('gives ECAPA 80 bins a frame, one frame more than whole hops', () => {
    expect(utteranceFeatures('ecapa-fbank', new Float32Array(16_000))[0]!.dims).toEqual([1, 101, 80]);
  });
});
