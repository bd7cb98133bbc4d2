import { describe, expect, it } from 'vitest';
import { ActiveLevel } from '../../../../core/audio/level/active-level.ts';
import { QUIET_TO_RECOGNISERS_DBFS, SpeechRaiser } from '../../../../core/audio/level/quiet-speech.ts';
import { createRandom } from '../../../../core/math/random.ts';

const random = createRandom(11);

/** Noise of a level, mean power in dBFS. */
function noiseAt(dbfs: number, seconds: number): Float32Array {
  const peak = Math.sqrt(3 * 10 ** (dbfs / 10));
  return Float32Array.from({ length: seconds * 16_000 }, () => peak * (2 * random() - 1));
}

/** Talk: words of 0.4 s at a level, pauses of 0.2 s of noise. */
function talkAt(dbfs: number, seconds: number, pauseDbfs = dbfs - 40): Float32Array {
  const parts: Float32Array[] = [];
  for (let time = 0; time < seconds; time += 0.6) parts.push(noiseAt(dbfs, 0.4), noiseAt(pauseDbfs, 0.2));
  return joined(parts);
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** A matcher would compare element by element, for half a minute. */
function areEqual(a: Float32Array, b: Float32Array): boolean {
  return Buffer.compare(new Uint8Array(a.buffer), new Uint8Array(b.buffer)) === 0;
}

function levelOf(samples: Float32Array): number | undefined {
  const level = new ActiveLevel();
  level.push(samples);
  return level.measure()?.dbfs;
}

async function* blocksOf(samples: Float32Array, blockSamples: number): AsyncGenerator<Float32Array> {
  for (let from = 0; from < samples.length; from += blockSamples) {
    yield await Promise.resolve(samples.slice(from, from + blockSamples));
  }
}

async function raised(samples: Float32Array, blockSamples = 5_000, quietDbfs?: number) {
  const raiser = new SpeechRaiser(quietDbfs);
  const parts: Float32Array[] = [];
  for await (const block of raiser.raise(blocksOf(samples, blockSamples))) parts.push(block);
  return { samples: joined(parts), warnings: raiser.warnings };
}

describe('ActiveLevel', () => {
  it.each([-15, -30, -50])('is that of the words, at %i dBFS', (dbfs) => {
    expect(levelOf(talkAt(dbfs, 20))).toBeCloseTo(dbfs, 0);
  });

  it('is not moved by silence around the words, nor by a bang', () => {
    expect(levelOf(joined([noiseAt(-75, 200), talkAt(-40, 10), new Float32Array(16_000 * 60)]))).toBeCloseTo(
      -40,
      0,
    );
    expect(levelOf(joined([talkAt(-45, 60), noiseAt(-3, 0.5), talkAt(-45, 60)]))).toBeLessThan(-42);
  });

  it('has none without anything that stands out', () => {
    expect(levelOf(new Float32Array(160_000))).toBeUndefined();
    expect(levelOf(noiseAt(-60, 20))).toBeUndefined();
    expect(levelOf(joined([noiseAt(-60, 20), new Float32Array(16_000)]))).toBeUndefined();
    expect(levelOf(new Float32Array(100))).toBeUndefined();
  });
});

describe('SpeechRaiser', () => {
  it.each([-52, -56, -60])('brings speech at %i dBFS to -23, and says so', async (dbfs) => {
    const { samples, warnings } = await raised(talkAt(dbfs, 30));
    expect(levelOf(samples)).toBeCloseTo(-23, 0);
    const [warning] = warnings;
    expect(warning).toMatchObject({ code: 'quiet_recording' });
    expect(warning!.message).toContain(`by up to ${Math.round(-23 - dbfs)} dB`);
  });

  it.each([
    ['usual speech', talkAt(-25, 20)],
    ['speech a little quieter', talkAt(-31, 20)],
    ['speech of a meeting, far from the microphone', talkAt(-44, 20)],
    ['silence', new Float32Array(80_000)],
    ['the noise of an open input', noiseAt(-80, 20)],
    ['nothing', new Float32Array(0)],
  ])('leaves %s as it is, to the last bit', async (_, before) => {
    const { samples, warnings } = await raised(before);
    expect(areEqual(samples, before)).toBe(true);
    expect(warnings).toEqual([]);
  });

  it('gives the same bits however the recording is cut into blocks', async () => {
    const quiet = joined([noiseAt(-95, 7), talkAt(-55, 25), talkAt(-35, 20)]);
    expect(areEqual((await raised(quiet, 777)).samples, (await raised(quiet, 16_000)).samples)).toBe(true);
  });

  it('never clips harder than full scale, and follows a level slowly', async () => {
    const { samples } = await raised(joined([talkAt(-55, 10), talkAt(-20, 60)]));
    expect(samples.every((sample) => Math.abs(sample) <= 1)).toBe(true);
    // A minute later the louder speech has brought the gain down again.
    expect(levelOf(samples.subarray(60 * 16_000))).toBeLessThan(-15);
  });

  it('raises louder speech too for those who hear it less well', async () => {
    const talk = talkAt(-44, 20);
    expect(levelOf((await raised(talk, 5_000, QUIET_TO_RECOGNISERS_DBFS)).samples)).toBeCloseTo(-23, 0);
  });

  it('lets nobody be clipped who is near the microphone after somebody far from it', async () => {
    const before = joined([talkAt(-58, 20), talkAt(-22, 10)]);
    const { samples } = await raised(before);
    const near = samples.subarray(20 * 16_000);
    expect(near.filter((sample) => Math.abs(sample) >= 1).length).toBe(0);
    expect(levelOf(samples.subarray(0, 19 * 16_000))).toBeGreaterThan(-30);
    expect(levelOf(near)).toBeLessThan(-10);
  });

  it('does not take the noise of a room for quiet speech while it waits for somebody to speak', async () => {
    const room = joined(Array.from({ length: 10 }, () => [noiseAt(-80, 1), noiseAt(-64, 0.3)]).flat());
    const before = joined([room, talkAt(-38, 20)]);
    expect(areEqual((await raised(before)).samples, before)).toBe(true);
  });

  it('does not hold a recording that begins with a long pause for more than half a minute', async () => {
    let given = 0;
    const pause = joined([noiseAt(-80, 40), talkAt(-50, 5)]);
    const counted = (async function* () {
      for await (const block of blocksOf(pause, 16_000)) {
        given += block.length;
        yield block;
      }
    })();
    for await (const block of new SpeechRaiser().raise(counted)) {
      expect(block.length).toBeGreaterThan(0);
      break;
    }
    expect(given).toBeLessThanOrEqual(31 * 16_000);
  });
});
