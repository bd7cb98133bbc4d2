import { describe, expect, it } from 'vitest';
import { LanePool } from '../../../core/inference/lanes/lane-pool.ts';
import { openOnnxSession } from '../../../core/inference/onnx-session.ts';
import { type ChainRun, openChain } from '../../../core/inference/session-chain.ts';
import type { Session, Tensor } from '../../../core/inference/session.ts';
import { SILERO_MODEL } from '../../support/silero-session.ts';
import { builtPath } from '../../support/built.ts';
import { noise } from '../../support/signals.ts';

const lanePath = builtPath('lane.js');
const STEPS = 5;

function chunk(step: number): Tensor {
  return { data: noise(576, { seed: step + 1, amplitude: 0.3 }), dims: [1, 576] };
}

/** A chain over Silero: its state goes from one run into the next. */
async function probabilities(session: Session): Promise<number[]> {
  const chain = await openChain(session);
  const found: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    const start = {
      state: { data: new Float32Array(256), dims: [2, 1, 128] },
      sr: { data: BigInt64Array.of(16_000n), dims: [] },
    };
    const run: ChainRun = {
      feeds: { input: chunk(step), ...(step === 0 ? start : {}) },
      fetches: ['output'],
      keep: { stateN: 'state' },
    };
    const outputs = await chain.run(run);
    expect(Object.keys(outputs)).toEqual(['output']);
    found.push(Number(outputs.output!.data[0]));
  }
  chain.release();
  chain.release();
  return found;
}

/** The same with everything passed by hand. */
async function byHand(session: Session): Promise<number[]> {
  const found: number[] = [];
  let state: Tensor = { data: new Float32Array(256), dims: [2, 1, 128] };
  for (let step = 0; step < STEPS; step++) {
    const sr = { data: BigInt64Array.of(16_000n), dims: [] };
    const { output, stateN } = await session.run({ input: chunk(step), state, sr });
    found.push(Number(output!.data[0]));
    state = stateN!;
  }
  return found;
}

describe('openChain', () => {
  it('gives the same bits as runs by hand, in this thread and in lanes', async () => {
    const here = await openOnnxSession(SILERO_MODEL, { provider: 'cpu' });
    const expected = await byHand(here);
    expect(await probabilities(here)).toEqual(expected);
    await here.release();
    const pool = await LanePool.start({ lanePath, provider: 'cpu', laneCount: 2 });
    expect(await probabilities(await pool.open(SILERO_MODEL))).toEqual(expected);
    await pool.close();
  });

  it('serves more chains than there are lanes, and runs beside them', async () => {
    const pool = await LanePool.start({ lanePath, provider: 'cpu', laneCount: 2 });
    const session = await pool.open(SILERO_MODEL);
    const expected = await byHand(session);
    const all = await Promise.all([
      ...Array.from({ length: 7 }, () => probabilities(session)),
      ...Array.from({ length: 7 }, () => byHand(session)),
    ]);
    for (const found of all) expect(found).toEqual(expected);
    await pool.close();
  });

  it('goes on after a step that fails, and closes although a chain was never released', async () => {
    const pool = await LanePool.start({ lanePath, provider: 'cpu', laneCount: 1 });
    const session = await pool.open(SILERO_MODEL);
    const broken = await openChain(session);
    await expect(
      broken.run({ feeds: { input: chunk(0) }, fetches: ['output'], keep: {} }),
    ).rejects.toMatchObject({
      code: 'model_shape_mismatch',
    });
    broken.release();
    expect(await probabilities(session)).toHaveLength(STEPS);
    await openChain(session);
    const waiting = session.run({ input: chunk(0), state: chunk(0), sr: chunk(0) });
    const failing = expect(waiting).rejects.toMatchObject({ code: 'model_shape_mismatch' });
    await pool.close();
    await failing;
  });

  it('closes although a chain is released while runs still wait', async () => {
    const pool = await LanePool.start({ lanePath, provider: 'cpu', laneCount: 1 });
    const session = await pool.open(SILERO_MODEL);
    const chains = [await openChain(session), await openChain(session)];
    const waiting = Array.from({ length: 6 }, () => byHand(session));
    const closed = pool.close();
    for (const chain of chains) chain.release();
    await Promise.allSettled([closed, ...waiting]);
    await closed;
  });
});
