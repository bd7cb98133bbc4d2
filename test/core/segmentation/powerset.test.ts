import { describe, expect, it } from 'vitest';
import { decodePowerset, planPowerset } from '../../../core/segmentation/powerset.ts';

describe('planPowerset', () => {
  it('lists three speakers, two at once, in the order of pyannote: {} 0 1 2 01 02 12', () => {
    expect([...planPowerset(3, 2).classes]).toEqual([0b000, 0b001, 0b010, 0b100, 0b011, 0b101, 0b110]);
  });

  it('lists every set of four speakers, three at once', () => {
    const { classes } = planPowerset(4, 3);
    expect(classes).toHaveLength(1 + 4 + 6 + 4);
    expect([...classes.slice(11)]).toEqual([0b0111, 0b1011, 0b1101, 0b1110]);
  });
});

describe('decodePowerset', () => {
  const powerset = planPowerset(3, 2);

  it('takes the most probable set of each frame', () => {
    const scores = Float32Array.of(-9, -1, -9, -9, -9, -9, -9, -9, -9, -9, -9, -9, -9, -0.5);
    const out = new Uint8Array(2);
    decodePowerset(powerset, scores, out);
    expect([...out]).toEqual([0b001, 0b110]);
  });

  it('gives the first of equally probable sets', () => {
    const out = new Uint8Array(1);
    decodePowerset(powerset, Float32Array.of(-1, -1, -1, -1, -1, -1, -1), out);
    expect(out[0]).toBe(0);
  });

  it('refuses scores of another class count', () => {
    expect(() => decodePowerset(powerset, new Float32Array(6), new Uint8Array(1))).toThrow(/7 class scores/);
  });
});
