import { expect, it } from 'vitest';
import { MersenneTwister } from '../../../core/math/mersenne-twister.ts';

it('gives the sequence of MT19937', () => {
  // numpy.random.RandomState(seed).randint(0, 2**32, …, dtype=numpy.uint32)
  const zero = new MersenneTwister(0);
  expect([zero.nextUint32(), zero.nextUint32()]).toEqual([2357136044, 2546248239]);
});

it('gives the 10,000th number that the standard of C++ demands of seed 5489', () => {
  const twister = new MersenneTwister(5489);
  for (let draw = 1; draw < 10_000; draw++) twister.nextUint32();
  expect(twister.nextUint32()).toBe(4123659995);
});
