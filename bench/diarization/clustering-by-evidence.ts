/** Clustering by evidence of long recordings: `resolve` on made-up observations, no model runs. */
import { join } from 'node:path';
import { type ConditionModel, readConditions } from '../../core/diarization/clustering-models.ts';
import { findPreset } from '../../core/diarization/presets.ts';
import { resolve } from '../../core/resolution/resolve.ts';
import { agreement, makeUpRecording, randomVoices } from '../../test/support/made-up-recording.ts';
import { percent, type Benchmark, type Row } from '../support/row.ts';

const CONDITIONS = join(import.meta.dirname, '../models/embedded/campplus-zh-en/conditions.npz');
const HOURS = [1, 10];
const SPEAKERS = 5;
const DIMENSION = 192;
/**
 * Length of the noise against a voice. At 0.6 embeddings lie as far from their centroid as those of CAM++ do; at 2 hardly
 * two are near each other, so that every group that is linked becomes a first cluster: the worst that can come.
 */
const NOISES = [0.6, 2];
const MEBIBYTE = 2 ** 20;

export const clusteringByEvidence: Benchmark = {
  name: 'clustering',
  measure: async (only) => {
    const { twoCovariance } = await readConditions(CONDITIONS);
    const hours = only === undefined ? HOURS : only.map(Number);
    return hours.flatMap((hour) => NOISES.map((noise) => rowOf(hour, noise, twoCovariance)));
  },
};

type TwoCovarianceModel = ConditionModel['twoCovariance'];

function rowOf(hours: number, noise: number, twoCovariance: TwoCovarianceModel): Row {
  const voices = randomVoices(SPEAKERS, 7, DIMENSION);
  const { observations, truth } = makeUpRecording({ seconds: hours * 3600, voices, noise, seed: 2 });
  const before = process.memoryUsage().rss;
  let most = before;
  const onTick = (): void => void (most = Math.max(most, process.memoryUsage.rss()));
  const started = process.cpuUsage();
  const { stages, speakers } = resolve(observations, findPreset('embedded').resolution, {
    twoCovariance,
    onTick,
  });
  const { user, system } = process.cpuUsage(started);
  onTick();
  const { trainingRows, assigned, clusters } = stages!;
  const active = [...truth.keys()].filter((row) => truth[row]! >= 0);
  const pick = (labels: Int32Array): Int32Array => Int32Array.from(active, (row) => labels[row]!);
  const first = new Set(clusters.evidence!.first).size;
  return {
    what: `clustering by evidence, ${hours} h, ${SPEAKERS} voices, noise ${noise}: ${trainingRows.length} embeddings, ${clusters.evidence!.first.length} groups, ${first} first clusters`,
    target: '–',
    measured: `${((user + system) / 1e6).toFixed(1)} s of processor time, ${Math.round((most - before) / MEBIBYTE)} MB more; ${speakers.length} speakers, ${percent(agreement(pick(truth), pick(assigned)), 1)} of local speakers right`,
  };
}
