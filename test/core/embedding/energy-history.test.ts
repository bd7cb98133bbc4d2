import { describe, expect, it } from 'vitest';
import { EnergyHistory } from '../../../core/embedding/energy-history.ts';

describe('EnergyHistory', () => {
  it('gives the mean square under hops, the same for any blocks', () => {
    const samples = Float32Array.from({ length: 1000 }, (_, index) => Math.sin(index));
    const histories = [1000, 7, 160].map((blockLength) => {
      const history = new EnergyHistory(160);
      for (let from = 0; from < samples.length; from += blockLength) {
        history.push(samples.subarray(from, from + blockLength));
      }
      history.finish();
      return history;
    });
    const expected = samples.subarray(160, 480).reduce((sum, value) => sum + value * value, 0) / 320;
    expect(histories[0]!.meanSquare(1, 2)).toBeCloseTo(expected, 12);
    expect(new Set(histories.map((history) => history.meanSquare(1, 2))).size).toBe(1);
  });

  it('counts what lies past the end as silence, and forgets what it may', () => {
    const history = new EnergyHistory(160);
    history.push(new Float32Array(320).fill(1));
    history.finish();
    history.dropBefore(1);
    expect(history.meanSquare(1, 2)).toBe(0.5);
  });
});
