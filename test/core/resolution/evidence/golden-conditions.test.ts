import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_EVIDENCE_OPTIONS } from '../../../../core/resolution/resolution-options.ts';
import type { ConditionModel } from '../../../../core/diarization/clustering-models.ts';
import { centredByNearestMean } from '../../../../core/embedding/centring.ts';
import type { Matrix } from '../../../../core/math/matrix.ts';
import { clusterByEvidence } from '../../../../core/resolution/evidence/evidence-clustering.ts';
import { reduceVectors } from '../../../../core/resolution/reduce.ts';
import { completeSpeakerBounds } from '../../../../core/resolution/speaker-bounds.ts';
import { embeddedConditions } from '../../../support/campplus.ts';
import { expectArrayClose } from '../../../support/close-to.ts';
import { readNpz, toNumbers } from '../../../support/npy.ts';
import { partitionOf } from '../../../support/partition.ts';
import { sharedFolder } from '../../../support/shared.ts';

const shared = join(sharedFolder, 'data/golden/conditions');
const folder = existsSync(shared) ? shared : join(import.meta.dirname, '../../../golden/conditions');
const cases = readdirSync(folder).filter((file) => file.endsWith('.npz'));

/** Of a conversation: a second between windows of ten. */
const HOP_SHARE = 0.1;

describe('the recorded clusterings under many conditions', () => {
  let model: ConditionModel;
  beforeAll(async () => {
    model = await embeddedConditions();
  });

  it.each(cases)('%s', (file) => {
    const arrays = readNpz(join(folder, file));
    const [rows = 0, columns = 0] = arrays.vectors!.shape;
    if (rows === 0) return;
    const raw = arrays.vectors!.data as Float32Array;
    const centred = Array.from({ length: rows }, (_, row) =>
      centredByNearestMean(raw.subarray(row * columns, (row + 1) * columns), model.means),
    );
    expect(centred.map(({ meanIndex }) => meanIndex)).toEqual([...toNumbers(arrays.condition!)]);

    const training: Matrix<Float64Array> = {
      data: Float64Array.from(centred.flatMap(({ unit }) => [...unit])),
      rows,
      columns,
    };
    const chunks = Int32Array.from(toNumbers(arrays.chunk!));
    const vectors: Matrix = { ...training, data: Float32Array.from(training.data) };
    const reduced = reduceVectors(vectors, chunks, { maxVectors: DEFAULT_EVIDENCE_OPTIONS.maxLinkedVectors });
    const found = clusterByEvidence(
      { training, chunks, reduced, hopShare: HOP_SHARE },
      model.twoCovariance,
      DEFAULT_EVIDENCE_OPTIONS,
      completeSpeakerBounds({}),
    );
    expectArrayClose(
      found.features.data.subarray(0, 5 * columns),
      toNumbers(arrays.features_5!),
      { maxAbs: 2e-6 },
      'features',
    );
    expect(partitionOf(found.first)).toEqual(partitionOf(toNumbers(arrays.first!)));
    expect(found.joins.map(({ kept }) => kept)).toEqual([...toNumbers(arrays.kept!)]);
    expect(found.joins.map(({ gone }) => gone)).toEqual([...toNumbers(arrays.gone!)]);
    expectArrayClose(
      found.joins.map(({ gain }) => gain),
      toNumbers(arrays.gains!),
      { maxRelative: 1e-6 },
      'gains',
    );
    expectArrayClose([found.nextGain], toNumbers(arrays.rest!), { maxRelative: 1e-6 }, 'rest');
    expect(partitionOf(found.joined)).toEqual(partitionOf(toNumbers(arrays.joined!)));
    expect(partitionOf(found.labels)).toEqual(partitionOf(toNumbers(arrays.labels!)));
  });
});
