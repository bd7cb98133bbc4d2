import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Observations } from '../../../core/resolution/observations.ts';
import {
  DEFAULT_AGGLOMERATIVE_OPTIONS,
  DEFAULT_RESOLUTION_OPTIONS,
  DEFAULT_VBX_OPTIONS,
  type ResolutionOptions,
} from '../../../core/resolution/resolution-options.ts';
import { resolve } from '../../../core/resolution/resolve.ts';
import { makeUpRecording, randomVoices, REAL_NOISE } from '../../support/made-up-recording.ts';
import { communityRecordings, embeddedPldaArrays, ge2eRecordings } from '../../support/recorded-pipelines.ts';
import { createPlda, type PldaArrays } from '../../../core/resolution/vbx/plda.ts';
import { ANNA, BERT, CORA, tinyObservations, type TinySpeaker } from '../../support/tiny-observations.ts';

const OPTIONS: ResolutionOptions = {
  ...DEFAULT_RESOLUTION_OPTIONS,
  clustering: { ...DEFAULT_AGGLOMERATIVE_OPTIONS, threshold: 0.75, minClusterSize: 1 },
};
const COMPATIBLE: ResolutionOptions = { ...OPTIONS, compatible: true };

const speaker = (embedding: readonly number[] | null, ...frames: [number, number][]): TinySpeaker => ({
  embedding,
  frames,
});
const plain = ({ turns }: ReturnType<typeof resolve>): string[] =>
  turns.map(({ startSeconds, endSeconds, speaker: label }) => `${label} ${startSeconds}-${endSeconds}`);

describe('resolve, mended', () => {
  it('names speakers by first speech', () => {
    const observations = tinyObservations([
      [speaker(BERT, [0, 4]), speaker(ANNA, [5, 9])],
      [speaker(ANNA, [0, 4]), speaker(CORA, [5, 10])],
    ]);
    const { turns, speakers } = resolve(observations, OPTIONS);
    expect(turns.map((turn) => turn.speaker)).toEqual(['SPEAKER_00', 'SPEAKER_01', 'SPEAKER_02']);
    expect(speakers.map(({ label }) => label)).toEqual(['SPEAKER_00', 'SPEAKER_01', 'SPEAKER_02']);
    expect(speakers.map(({ centroid }) => [...centroid!])).toEqual([[...BERT], [...ANNA], [...CORA]]);
  });

  it('invents no speaker where more people are counted than there are voices', () => {
    const observations = tinyObservations([
      [speaker(ANNA, [0, 9]), speaker(null, [4, 6])],
      [speaker(ANNA, [0, 9])],
    ]);
    expect(resolve(observations, COMPATIBLE).speakers).toHaveLength(2);
    expect(resolve(observations, OPTIONS).speakers).toHaveLength(1);
  });

  it('gives a local speaker without an embedding to the cluster that its neighbours hear', () => {
    const observations = tinyObservations([
      [speaker(ANNA, [0, 5]), speaker(null, [8, 10])],
      [speaker(BERT, [3, 9])],
    ]);
    const { assigned, clusters } = resolve(observations, OPTIONS).stages!;
    const bert = assigned[3]!;
    expect(assigned[1]).toBe(bert);
    expect([...clusters.centroids.data.slice(bert * 4, bert * 4 + 4)]).toEqual([...BERT]);
    // pyannote: cluster 0, whoever that is.
    expect(resolve(observations, { ...COMPATIBLE, constrainedAssignment: false }).stages!.assigned[1]).toBe(
      0,
    );
  });

  it('ends no turn after the recording', () => {
    const observations = tinyObservations([[speaker(ANNA, [2, 10])]], 7.25 * 16_000);
    expect(plain(resolve(observations, OPTIONS))).toEqual(['SPEAKER_00 2.5-7.25']);
    expect(plain(resolve(observations, COMPATIBLE))).toEqual(['SPEAKER_00 2.5-10.5']);
  });

  it('keeps a speaker at a tie instead of changing to the lower cluster', () => {
    // Frames 5 to 9 are heard as Anna by one chunk and as Bert by the other.
    const chunks = [
      [speaker(BERT, [0, 10])],
      [speaker(ANNA, [0, 5]), speaker(BERT, [5, 10])],
      [speaker(ANNA, [0, 10])],
    ];
    const { turns, stages } = resolve(tinyObservations(chunks), OPTIONS);
    expect(stages!.votes.data.slice(5 * 2, 5 * 2 + 2)).toEqual(Uint16Array.of(1, 1));
    expect(turns[0]).toMatchObject({ startSeconds: 0.5, endSeconds: 15.5 });
  });

  it('exclusive turns lie within the turns of the same speaker and never overlap', () => {
    for (const { observations } of ge2eRecordings()) {
      const { turns, exclusiveTurns } = resolve(observations, OPTIONS);
      exclusiveTurns.forEach((turn, index) => {
        const next = exclusiveTurns[index + 1];
        if (next) expect(turn.endSeconds).toBeLessThanOrEqual(next.startSeconds);
        const around = turns.filter(
          (whole) =>
            whole.speaker === turn.speaker &&
            whole.startSeconds <= turn.startSeconds &&
            whole.endSeconds >= turn.endSeconds,
        );
        expect(around).toHaveLength(1);
      });
    }
  });

  it('gives every turn a confidence, lower where two voices fit nearly as well', () => {
    const unsure = [0.75, 0.66, 0, 0];
    const observations = tinyObservations([
      [speaker(ANNA, [0, 5]), speaker(BERT, [5, 10])],
      [speaker(BERT, [0, 5]), speaker(unsure, [6, 10])],
    ]);
    const options = { ...OPTIONS, clustering: { ...OPTIONS.clustering, threshold: 1 } };
    const { turns } = resolve(observations, options);
    expect(turns).toHaveLength(3);
    for (const { confidence } of turns) expect(confidence).toBeGreaterThan(0.5);
    expect(turns[2]!.confidence).toBeLessThan(turns[0]!.confidence!);
  });
});

describe('resolve with few or bad embeddings', () => {
  it('returns nothing for silence and for a recording without chunks', () => {
    for (const observations of [tinyObservations([[], []]), tinyObservations([], 0)]) {
      expect(resolve(observations, OPTIONS)).toEqual({
        turns: [],
        exclusiveTurns: [],
        speakers: [],
        warnings: [],
      });
    }
  });

  it('finds one speaker without a centroid where no embedding could be made', () => {
    const { speakers, turns } = resolve(tinyObservations([[speaker(null, [1, 4])]]), OPTIONS);
    expect(speakers).toEqual([{ label: 'SPEAKER_00', centroid: null }]);
    expect(turns).toHaveLength(1);
  });

  it('tells two short voices apart that pyannote would not cluster', () => {
    const observations = tinyObservations([[speaker(ANNA, [0, 1]), speaker(BERT, [3, 4])]]);
    expect(resolve(observations, COMPATIBLE).speakers).toHaveLength(1);
    expect(resolve(observations, OPTIONS).speakers).toHaveLength(2);
  });

  it('treats infinite and zero embeddings as missing', () => {
    const observations = tinyObservations([
      [speaker(ANNA, [0, 4]), speaker([Infinity, 0, 0, 0], [5, 9])],
      [speaker([0, 0, 0, 0], [0, 4]), speaker(ANNA, [5, 9])],
    ]);
    for (const options of [OPTIONS, COMPATIBLE]) {
      const { speakers, turns } = resolve(observations, options);
      expect(speakers.length).toBeGreaterThan(0);
      expect(turns.length).toBeGreaterThan(0);
    }
  });

  it('never fails on random observations, whatever is asked for', () => {
    const bounds = fc.record({ numSpeakers: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }) });
    const plda = createPlda(tinyPlda());
    fc.assert(
      fc.property(
        fc.array(fc.array(randomSpeaker(), { maxLength: 3 }), { maxLength: 6 }),
        bounds,
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom(DEFAULT_VBX_OPTIONS, OPTIONS.clustering),
        (chunks, { numSpeakers }, compatible, constrainedAssignment, clustering) => {
          const options = { ...OPTIONS, compatible, constrainedAssignment, clustering };
          const observations = tinyObservations(chunks);
          const asked = numSpeakers === undefined ? options : { ...options, numSpeakers };
          const { turns, speakers } = resolve(observations, asked, { plda });
          const labels = speakers.map(({ label }) => label);
          for (const turn of turns) {
            expect(labels).toContain(turn.speaker);
            expect(turn.endSeconds).toBeGreaterThan(turn.startSeconds);
            expect(turn.confidence).toBeGreaterThanOrEqual(0);
            expect(turn.confidence).toBeLessThanOrEqual(1);
          }
          if (numSpeakers !== undefined && !compatible)
            expect(labels.length).toBeLessThanOrEqual(numSpeakers);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('resolve with a given number of speakers', () => {
  const observations: Observations = makeUpRecording({
    seconds: 240,
    voices: randomVoices(3, 5),
    noise: REAL_NOISE,
    seed: 3,
  }).observations;

  it('estimates it, or finds as many as asked for', () => {
    expect(resolve(observations, OPTIONS).speakers).toHaveLength(3);
    for (const numSpeakers of [1, 2, 3, 4, 6]) {
      const { speakers, warnings } = resolve(observations, { ...OPTIONS, numSpeakers });
      expect(speakers.length, `${numSpeakers} asked for`).toBe(numSpeakers);
      expect(warnings).toEqual([]);
    }
  });

  it('keeps bounds', () => {
    expect(resolve(observations, { ...OPTIONS, maxSpeakers: 2 }).speakers).toHaveLength(2);
    expect(resolve(observations, { ...OPTIONS, minSpeakers: 4 }).speakers).toHaveLength(4);
    expect(resolve(observations, { ...OPTIONS, minSpeakers: 2, maxSpeakers: 5 }).speakers).toHaveLength(3);
  });

  it('warns where there are fewer, and gives what there is', () => {
    const one = tinyObservations([[speaker(ANNA, [0, 9])]]);
    for (const compatible of [false, true]) {
      const { speakers, warnings } = resolve(one, { ...OPTIONS, compatible, numSpeakers: 1e9 });
      expect(speakers).toHaveLength(1);
      expect(warnings.map(({ code }) => code)).toEqual(['fewer_speakers_than_asked']);
    }
  });

  it('with VBx splits by k-means when its own number is not the wanted one', () => {
    const plda = createPlda(embeddedPldaArrays() as PldaArrays);
    const { observations: recorded } = communityRecordings()[0]!;
    const options = { ...OPTIONS, clustering: DEFAULT_VBX_OPTIONS };
    const own = resolve(recorded, options, { plda });
    const asked = resolve(recorded, { ...options, numSpeakers: own.speakers.length + 2 }, { plda });
    expect(asked.speakers).toHaveLength(own.speakers.length + 2);
    expect(asked.stages!.clusters).toMatchObject({ constrained: false, vbx: { forced: true } });
  });

  it('says which PLDA model is missing', () => {
    const options = { ...OPTIONS, clustering: DEFAULT_VBX_OPTIONS };
    expect(() => resolve(observations, options)).toThrow(
      /PLDA model for embeddings of 256 dimensions, got none/,
    );
  });
});

function randomSpeaker(): fc.Arbitrary<TinySpeaker> {
  const number = fc.float({ min: -2, max: 2, noNaN: false });
  return fc.record({
    embedding: fc.option(fc.array(number, { minLength: 4, maxLength: 4 })),
    frames: fc.array(
      fc.tuple(fc.nat(9), fc.nat(9)).map(([a, b]) => [Math.min(a, b), Math.max(a, b) + 1] as const),
      { maxLength: 2 },
    ),
  });
}

/** A PLDA model of four dimensions that changes next to nothing. */
function tinyPlda(): PldaArrays {
  const identity = Array.from({ length: 16 }, (_, i) => (i % 5 === 0 ? 1 : 0));
  const zeros = [0, 0, 0, 0];
  return { mean1: zeros, lda: identity, mean2: zeros, mu: zeros, tr: identity, psi: [4, 3, 2, 1] };
}
