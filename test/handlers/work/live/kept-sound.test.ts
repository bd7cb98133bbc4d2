import { describe, expect, it } from 'vitest';
import { KeptSound } from '../../../../handlers/work/live/kept-sound.ts';

async function readAll(sound: KeptSound): Promise<number[]> {
  const heard: number[] = [];
  for await (const block of sound.read()) heard.push(...block);
  return heard;
}

describe('sound that is kept for a fresh engine', () => {
  it.each([
    ['of 16 bits', Float32Array.of(0, 1 / 32_768, -1, 32_767 / 32_768)],
    ['of more than that', Float32Array.of(0.1, -0.3, 1 / 65_536, 1)],
    ['with a zero that has a sign', Float32Array.of(0, -0)],
  ])('%s is the same to the last bit each time', async (_what, block) => {
    const sound = new KeptSound(1_000);
    sound.push(block.slice());
    sound.push(block.slice());
    sound.end();
    const expected = [...block, ...block];
    for (const heard of [await readAll(sound), await readAll(sound)]) {
      expect(heard).toHaveLength(expected.length);
      for (const [index, sample] of heard.entries()) expect(Object.is(sample, expected[index])).toBe(true);
    }
    expect(sound.isWhole).toBe(true);
  });

  it('is not whole beyond its limit, and says so', async () => {
    const sound = new KeptSound(3);
    sound.push(Float32Array.of(0.1, 0.2));
    expect(sound.isWhole).toBe(true);
    sound.push(Float32Array.of(0.3, 0.4));
    sound.end();
    expect(sound.isWhole).toBe(false);
    expect(await readAll(sound)).toHaveLength(4);
  });
});
