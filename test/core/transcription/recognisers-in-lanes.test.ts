import { describe, expect, it } from 'vitest';
import { LanePool } from '../../../core/inference/lanes/lane-pool.ts';
import type { SessionOpener } from '../../../core/inference/session.ts';
import { openNemo } from '../../../core/transcription/nemo/open-nemo.ts';
import { DEFAULT_RECOGNITION_OPTIONS, type Recogniser } from '../../../core/transcription/recogniser.ts';
import { openWhisper } from '../../../core/transcription/whisper/open-whisper.ts';
import { builtPath } from '../../support/built.ts';
import { openEmbeddedMoonshine } from '../../support/moonshine.ts';
import { nemoFiles } from '../../support/nemo-stand-in.ts';
import { goldenPath } from '../../support/recogniser-goldens.ts';
import { noise } from '../../support/signals.ts';
import { openOnCpu, whisperFiles } from '../../support/whisper-stand-in.ts';

const OPTIONS = { ...DEFAULT_RECOGNITION_OPTIONS, language: 'en' };
const pieces = [1, 2, 3, 4, 5].map((seed) => noise(20_000 * seed, { seed, amplitude: 0.3 }));
const whisper = goldenPath('whisper/model-a/encoder_model.onnx')?.replace('/encoder_model.onnx', '');

type Opening = readonly [string, (open: SessionOpener) => Promise<Recogniser>];
const openings: Opening[] = ['ctc-a', 'rnnt-a', 'tdt-d-guard3'].map((model) => [
  model,
  (open) => openNemo(nemoFiles(goldenPath(`nemo/${model}`)!), open),
]);
// Decodes in the lane, words' times included.
openings.push(['moonshine', openEmbeddedMoonshine]);
if (whisper !== undefined) {
  openings.push(
    ['whisper, merged', (open) => openWhisper(whisperFiles(whisper), open)],
    ['whisper, pair', (open) => openWhisper(whisperFiles(whisper, 'pair'), open)],
  );
}

describe('recognisers in lanes', () => {
  it.each(openings)(
    'give what they give in this thread, with several pieces at once: %s',
    async (_, open) => {
      const here = await open(openOnCpu);
      const expected = await Promise.all(pieces.map((piece) => here.recognise([piece], OPTIONS)));
      await here.release();
      const pool = await LanePool.start({ lanePath: builtPath('lane.js'), provider: 'cpu', laneCount: 2 });
      const there = await open((model, graph) => pool.open(model, graph));
      const recognised = await Promise.all(pieces.map((piece) => there.recognise([piece], OPTIONS)));
      expect(recognised).toEqual(expected);
      await there.release();
      await pool.close();
    },
  );
});
