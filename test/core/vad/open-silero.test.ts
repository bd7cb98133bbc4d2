import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openOnnxSession } from '../../../core/inference/onnx-session.ts';
import type { Session } from '../../../core/inference/session.ts';
import { openSilero } from '../../../core/vad/open-silero.ts';
import { SileroVad } from '../../../core/vad/silero.ts';
import { expectArrayClose } from '../../support/close-to.ts';
import { decodeWithFfmpeg } from '../../support/decode.ts';
import { TWO_SPEAKERS } from '../../support/sample-voices.ts';
import { joined } from '../../support/signals.ts';
import { SILERO_MODEL } from '../../support/silero-session.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const recording = decodeWithFfmpeg(TWO_SPEAKERS);

async function probabilitiesBy(session: Session, samples = recording): Promise<Float32Array> {
  const vad = new SileroVad(session);
  const probabilities = joined(await vad.push(samples), await vad.finish());
  await session.release();
  return probabilities;
}

/** A file of the model whose weights have other names: the same network, but not known as such. */
function renamedModel(): typeof SILERO_MODEL {
  const path = join(temporaryFolder(), 'renamed.onnx');
  const bytes = readFileSync(SILERO_MODEL.path, 'latin1');
  writeFileSync(path, bytes.replaceAll('reparam_conv', 'another_conv'), 'latin1');
  return { ...SILERO_MODEL, path };
}

describe('openSilero', () => {
  it('gives the probabilities of the published graph over a whole recording, many chunks a run', async () => {
    const session = await openSilero(SILERO_MODEL);
    expect(session.inputNames).toEqual(['chunks', 'state']);
    const actual = await probabilitiesBy(session);
    const expected = await probabilitiesBy(await openOnnxSession(SILERO_MODEL, { provider: 'cpu' }));
    // Rounding, in another order of sums: 2e-6 in 288 s of five people.
    expectArrayClose(actual, expected, { maxAbs: 1e-5 }, 'probabilities');
  });

  it('opens a graph that it does not know as it is, with the same probabilities', async () => {
    const samples = recording.subarray(0, 100_000);
    const session = await openSilero(renamedModel());
    expect(session.inputNames).toEqual(['input', 'state', 'sr']);
    const expected = await openOnnxSession(SILERO_MODEL, { provider: 'cpu' });
    expect(await probabilitiesBy(session, samples)).toEqual(await probabilitiesBy(expected, samples));
  });

  it('says of a file that is missing or damaged what opening any model says', async () => {
    const folder = temporaryFolder();
    const missing = { ...SILERO_MODEL, path: join(folder, 'missing.onnx') };
    await expect(openSilero(missing)).rejects.toMatchObject({ code: 'model_missing' });
    const damaged = { ...SILERO_MODEL, path: join(folder, 'damaged.onnx') };
    writeFileSync(damaged.path, readFileSync(SILERO_MODEL.path).subarray(0, 1_000_000));
    await expect(openSilero(damaged)).rejects.toMatchObject({ code: 'model_shape_mismatch' });
  });
});
