import { describe, expect, it } from 'vitest';
import { readRttm } from '../../../core/formats/annotations/rttm.ts';
import { gatherRows } from '../../../core/math/vector.ts';
import { createPlda, type PldaArrays } from '../../../core/resolution/vbx/plda.ts';
import { resolve } from '../../../core/resolution/resolve.ts';
import {
  DEFAULT_RESOLUTION_OPTIONS,
  DEFAULT_VBX_OPTIONS,
  type ResolutionOptions,
} from '../../../core/resolution/resolution-options.ts';
import { expectArrayClose, type Closeness } from '../../support/close-to.ts';
import { toNumbers, type NpyArray } from '../../support/npy.ts';
import { communityRecordings, embeddedPldaArrays } from '../../support/recorded-pipelines.ts';

/** The settings of pyannote/speaker-diarization-community-1. */
const OPTIONS: ResolutionOptions = {
  ...DEFAULT_RESOLUTION_OPTIONS,
  clustering: DEFAULT_VBX_OPTIONS,
  constrainedAssignment: true,
  compatible: true,
};

/**
 * Both sides are double. PLDA features are sums of 256 products of size 1 (1e-13); up to 20 iterations of VBx let
 * these grow, most in responsibilities that are next to nothing, hence absolute there. Measured on five recordings:
 * at most 8e-15, and 1.3e-9 of the value where that is about 1e-13.
 */
const DOUBLE_PRECISION: Closeness = { maxAbs: 1e-9 };
/** Of a sum over all embeddings, in the thousands. */
const EVIDENCE: Closeness = { maxRelative: 1e-10 };
/** One frame: RTTM rounds both ends to a millisecond. */
const FRAME_SECONDS = 0.016875;

const plda = createPlda(embeddedPldaArrays() as PldaArrays);

describe('every stage of pyannote 4.0.4 with community-1', () => {
  for (const { name, observations, array, initialLabels, rttm } of communityRecordings()) {
    const resolution = resolve(observations, OPTIONS, { plda });
    const { stages } = resolution;
    if (stages?.clusters.vbx === undefined) throw new Error(`${name}: VBx did not run`);
    const { counts, trainingRows, clusters, scores, assigned, activity } = stages;
    const { vbx, initialLabels: ourInitialLabels } = stages.clusters.vbx;

    it(`${name}: counts speakers`, () => {
      expectSame(counts, array('reconstruction', 'count'), 'count');
    });

    it(`${name}: maps the embeddings of its choice to PLDA features`, () => {
      const chunks = toNumbers(array('plda_embeddings', 'train_chunk_idx'));
      const speakers = toNumbers(array('plda_embeddings', 'train_speaker_idx'));
      const rows = chunks.map((chunk, index) => chunk * observations.localSpeakerCount + speakers[index]!);
      expect([...trainingRows]).toEqual([...rows]);

      const { embeddings, embeddingDimension: columns } = observations;
      const all = { data: embeddings, rows: embeddings.length / columns, columns };
      const features = plda.project(gatherRows(all, rows));
      const golden = array('plda_embeddings', 'post_plda');
      // An eigenvector has no sign of its own: LAPACK's choice per feature is taken over.
      const signs = signsOf(features.data, toNumbers(golden), features.columns);
      const signed = features.data.map((value, index) => value * signs[index % features.columns]!);
      expectFloats(signed, golden, DOUBLE_PRECISION, 'PLDA features');
      expectFloats(plda.phi, array('plda_embeddings', 'phi'), { maxRelative: 1e-12 }, 'phi');
    });

    it(`${name}: starts from the agglomerative clusters of scipy`, () => {
      expect([...ourInitialLabels]).toEqual([...initialLabels]);
    });

    it(`${name}: runs VBx, iteration by iteration`, () => {
      expectFloats(vbx.evidence, array('vbx_state', 'elbo_trajectory'), EVIDENCE, 'evidence');
      expectFloats(vbx.responsibilities.data, array('vbx_state', 'q_final'), DOUBLE_PRECISION, 'γ');
      expectFloats(vbx.priors, array('vbx_state', 'sp_final'), DOUBLE_PRECISION, 'π');
    });

    it(`${name}: scores and assigns local speakers`, () => {
      expectFloats(clusters.centroids.data, array('clustering', 'centroids'), DOUBLE_PRECISION, 'centroids');
      const golden = toNumbers(array('clustering', 'soft_clusters'));
      // The original overwrites the scores of inactive local speakers before it saves them.
      const ours = scores.data.map((score, index) =>
        stages.local.activeFrames[Math.floor(index / scores.columns)] === 0 ? golden[index]! : score,
      );
      expectArrayClose(ours, golden, DOUBLE_PRECISION, 'scores');
      const hard = toNumbers(array('clustering', 'hard_clusters'));
      const active = hard.map((cluster, row) => (stages.local.activeFrames[row] === 0 ? -2 : cluster));
      expect([...assigned]).toEqual([...active]);
    });

    it(`${name}: reconstructs the recording`, () => {
      expectSame(activity.data, array('reconstruction', 'discrete_diarization'), 'diarization');
    });

    it(`${name}: gives the turns of the RTTM within one frame`, () => {
      const theirs = [...readRttm(rttm).values()].flat();
      expect(resolution.turns.map(({ speaker }) => speaker)).toEqual(theirs.map(({ speaker }) => speaker));
      for (const edge of ['startSeconds', 'endSeconds'] as const) {
        const limits = { maxAbs: FRAME_SECONDS };
        const times = (turns: readonly Record<typeof edge, number>[]): number[] =>
          turns.map((turn) => turn[edge]);
        expectArrayClose(times(resolution.turns), times(theirs), limits, edge);
      }
    });
  }
});

function expectSame(actual: ArrayLike<number>, expected: NpyArray, title: string): void {
  expectArrayClose(actual, toNumbers(expected), { maxAbs: 0 }, title);
}

function expectFloats(actual: ArrayLike<number>, expected: NpyArray, limits: Closeness, title: string): void {
  expectArrayClose(actual, toNumbers(expected), limits, title);
}

function signsOf(actual: Float64Array, expected: Float64Array, columns: number): number[] {
  return Array.from({ length: columns }, (_, column) => {
    let product = 0;
    for (let i = column; i < actual.length; i += columns) product += actual[i]! * expected[i]!;
    return Math.sign(product);
  });
}
