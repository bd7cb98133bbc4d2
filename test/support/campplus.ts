import { readFileSync } from 'node:fs';
import { type ConditionModel, readConditions } from '../../core/diarization/clustering-models.ts';
import { findStatisticsPooling, type StatisticsPooling } from '../../core/embedding/statistics-pooling.ts';
import { readOnnxGraph } from '../../core/inference/graph/onnx-graph.ts';
import { openOnnxSession } from '../../core/inference/onnx-session.ts';
import type { Session } from '../../core/inference/session.ts';
import { CAMPPLUS_MODEL, CONDITIONS_PATH } from './embedded-models.ts';

export function embeddedConditions(): Promise<ConditionModel> {
  return readConditions(CONDITIONS_PATH);
}

/** A session that gives out the trunk, and the layers behind it. */
export async function openCampplusTrunk(): Promise<{ session: Session; pooling: StatisticsPooling }> {
  const pooling = findStatisticsPooling(readOnnxGraph(readFileSync(CAMPPLUS_MODEL.path)), CAMPPLUS_MODEL.id);
  const session = await openOnnxSession(
    { ...CAMPPLUS_MODEL, exposed: [pooling.trunkOutput] },
    { provider: 'cpu' },
  );
  return { session, pooling };
}
