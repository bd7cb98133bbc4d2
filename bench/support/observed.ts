/** What the models see of a recording under a condition, kept so that a second benchmark needs no models. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openAudio } from '../../core/audio/decode.ts';
import { openDiarizationModels } from '../../core/diarization/diarization-models.ts';
import { diarize } from '../../core/diarization/diarize.ts';
import { findPreset } from '../../core/diarization/presets.ts';
import { LanePool } from '../../core/inference/lanes/lane-pool.ts';
import { decodeObservations, encodeObservations } from '../../core/observation/observations-file.ts';
import type { Observations } from '../../core/resolution/observations.ts';
import type { ConditionName } from '../conditions/conditions.ts';
import { degraded, samplesOf } from '../conditions/degraded-recording.ts';
import { benchSetup } from './engine.ts';
import { recordingPath, referenceOf, scratch } from './recordings.ts';

/** What the models see of a recording under a condition, from the scratch folder where it was seen before. */
export async function observed(
  name: string,
  condition: ConditionName,
  presetName: string,
): Promise<Observations> {
  const folder = join(scratch, 'observations', presetName, condition);
  const path = join(folder, `${name}.observations`);
  if (existsSync(path)) return decodeObservations(readFileSync(path)).observations;
  const samples = await degraded(await samplesOf(recordingPath(name)), condition, referenceOf(name));
  const pool = await LanePool.start({
    lanePath: join(import.meta.dirname, '../dist/lane.js'),
    provider: 'cpu',
    laneCount: 2,
  });
  try {
    const { files } = await benchSetup(presetName);
    const models = await openDiarizationModels(findPreset(presetName), files, (model, graph) =>
      pool.open(model, graph),
    );
    const audio = await openAudio({ samples, sampleRate: 16_000 });
    const uses = files.uses.map(({ id, task }) => ({ id, task }));
    const { observations } = await diarize(audio, models, {}, { now: () => performance.now() / 1000 });
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      path,
      Buffer.concat(encodeObservations(observations, { preset: presetName, models: uses, provider: 'cpu' })),
    );
    console.error(`${presetName}, ${condition}, ${name}: observed`);
    return observations;
  } finally {
    await pool.close();
  }
}
