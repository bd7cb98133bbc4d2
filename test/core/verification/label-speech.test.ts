import { describe, expect, it } from 'vitest';
import { openAudio } from '../../../core/audio/decode.ts';
import {
  labelAllSpeech,
  type LabeledAudio,
  RecentAudio,
  type SpeechLabeler,
} from '../../../core/verification/speech/labeled-audio.ts';
import { cutAt, joined, noise } from '../../support/signals.ts';
import {
  openSegmentationSpeakerModels,
  openSpeakerModelsForTests,
  openVadSpeakerModels,
} from '../../support/speaker-models.ts';

const SAMPLE = 'samples/two-speakers.wav';

async function read(path: string): Promise<Float32Array> {
  const blocks: Float32Array[] = [];
  for await (const block of (await openAudio({ path })).blocks) blocks.push(block);
  return joined(...blocks);
}

async function label(labeler: SpeechLabeler, blocks: readonly Float32Array[]): Promise<LabeledAudio[]> {
  // eslint-disable-next-line @typescript-eslint/require-await
  async function* stream() {
    yield* blocks;
  }
  const pieces: LabeledAudio[] = [];
  for await (const piece of labeler(stream())) pieces.push(piece);
  return pieces;
}

function secondsOf(pieces: readonly LabeledAudio[], wanted: LabeledAudio['label']): number {
  return pieces.reduce((sum, piece) => sum + (piece.label === wanted ? piece.samples.length / 16_000 : 0), 0);
}

const labelers = {
  both: (await openSpeakerModelsForTests()).labeler,
  segmentation: (await openSegmentationSpeakerModels()).labeler,
  vad: (await openVadSpeakerModels()).labeler,
  'all speech': labelAllSpeech,
};
const recording = (await read(SAMPLE)).subarray(0, 25 * 16_000);

describe.each(Object.entries(labelers))('labels by %s', (_, labeler) => {
  it('cover the recording without gap and overlap, whatever the blocks are', async () => {
    const whole = await label(labeler, [recording]);
    let next = 0;
    for (const { startSample, samples } of whole) {
      expect(startSample).toBe(next);
      next += samples.length;
    }
    expect(next).toBe(recording.length);
    const speech = (pieces: readonly LabeledAudio[]) =>
      joined(...pieces.filter((piece) => piece.label === 'speech').map(({ samples }) => samples));
    const cut = await label(labeler, cutAt(recording, [1, 511, 512, 70_001, 160_000, 160_001, 333_333]));
    expect(speech(cut)).toEqual(speech(whole));
  });

  it('are none for no recording', async () => {
    expect(await label(labeler, [])).toEqual([]);
  });
});

describe.each(Object.entries(labelers).slice(0, 3))('labels by %s', (_, labeler) => {
  it('find no speech in noise and silence', async () => {
    const pieces = await label(labeler, [
      noise(8 * 16_000, { amplitude: 0.01 }),
      new Float32Array(8 * 16_000),
    ]);
    expect(secondsOf(pieces, 'speech')).toBeLessThan(0.2);
  });

  it('find most of a conversation to be speech', async () => {
    const pieces = await label(labeler, [recording]);
    expect(secondsOf(pieces, 'speech')).toBeGreaterThan(15);
    expect(secondsOf(pieces, 'pause')).toBeGreaterThan(1);
  });
});

describe.each(Object.entries(labelers).slice(0, 2))('labels by %s', (_, labeler) => {
  it('find overlap where two people speak at once', async () => {
    const [first, second] = [recording.subarray(0, 5 * 16_000), recording.subarray(10 * 16_000, 15 * 16_000)];
    const both = first.map((value, index) => 0.5 * (value + second[index]!));
    expect(secondsOf(await label(labeler, [both]), 'overlap')).toBeGreaterThan(1);
  });

  it('notice that two people speak in turn', async () => {
    const pieces = await label(labeler, [recording]);
    expect(pieces.some(({ isOtherSpeaker }) => isOtherSpeaker === true)).toBe(true);
  });
});

describe('RecentAudio', () => {
  it('gives back what came, in order', () => {
    const audio = new RecentAudio();
    audio.push(Float32Array.of(1, 2, 3));
    expect([...audio.takeUntil(2)]).toEqual([1, 2]);
    audio.push(noise(200_000));
    expect(audio.startSample).toBe(2);
    expect(audio.takeUntil(3)[0]).toBe(3);
    expect(audio.takeUntil(1)).toHaveLength(0);
    expect(audio.takeUntil(1e9)).toEqual(noise(200_000));
    expect(audio.startSample).toBe(audio.endSample);
  });
});
