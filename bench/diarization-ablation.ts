/** What each difference between the default preset and pyannote's conventions brings: one taken back at a time. */
import { join } from 'node:path';
import { openAudio } from '../core/audio/decode.ts';
import { openDiarizationModels } from '../core/diarization/diarization-models.ts';
import { type DiarizationPreset, findPreset } from '../core/diarization/presets.ts';
import { resolveRecording } from '../core/diarization/resolve-recording.ts';
import { DEFAULT_PARTIAL_RULES, type PartialRules } from '../core/embedding/partial-plan.ts';
import { LanePool } from '../core/inference/lanes/lane-pool.ts';
import { diarizationError, sumDiarizationErrors } from '../core/metrics/diarization/diarization-error.ts';
import { DEFAULT_OBSERVE_OPTIONS, observe } from '../core/observation/observe.ts';
import type { Observations } from '../core/resolution/observations.ts';
import type {
  AgglomerativeClusteringOptions,
  ResolutionOptions,
} from '../core/resolution/resolution-options.ts';
import { benchSetup } from './support/engine.ts';
import { AMI, CONVERSATIONS, recordingPath, referenceOf } from './support/recordings.ts';
import { percent, type Benchmark, type Row } from './support/row.ts';

const NAMES = [...CONVERSATIONS, ...AMI, 'sample'];
const EMBEDDED = findPreset('embedded');
const CLUSTERING = EMBEDDED.resolution.clustering as AgglomerativeClusteringOptions;
const { maxTogetherShare: _none, ...WITHOUT_CANNOT_LINK } = CLUSTERING;

async function observeAll(pool: LanePool, rules: PartialRules, chunkHopSamples: number) {
  const preset: DiarizationPreset = { ...EMBEDDED, encoder: { kind: 'partial', dimension: 256, rules } };
  const { files } = await benchSetup('embedded');
  const models = await openDiarizationModels(preset, files, (model, graph) => pool.open(model, graph));
  const observed = new Map<string, Observations>();
  for (const name of NAMES) {
    const audio = await openAudio({ path: recordingPath(name) });
    observed.set(name, await observe(audio.blocks, models, { ...DEFAULT_OBSERVE_OPTIONS, chunkHopSamples }));
  }
  await models.release();
  return observed;
}

function scoreAll(
  observed: ReadonlyMap<string, Observations>,
  resolution: Partial<ResolutionOptions>,
): string {
  const preset = { ...EMBEDDED, resolution: { ...EMBEDDED.resolution, ...resolution } };
  const score = (names: readonly string[]) => {
    const results = names.map((name) => {
      const { result } = resolveRecording(observed.get(name)!, preset);
      const uem = [{ startSeconds: 0, endSeconds: result.durationSeconds }];
      return {
        error: diarizationError(referenceOf(name), result.turns, { uem }),
        found: result.speakers.length,
      };
    });
    const total = sumDiarizationErrors(results.map(({ error }) => error));
    return { total, found: results.map(({ found }) => found).join(' ') };
  };
  const conversations = score(CONVERSATIONS);
  const confusion = conversations.total.confusionSeconds / conversations.total.totalSeconds;
  return [
    `${percent(conversations.total.errorRate)} / ${percent(confusion)} / ${conversations.found}`,
    percent(score(AMI).total.errorRate),
    percent(score(['sample']).total.errorRate),
  ].join('; ');
}

async function measure(): Promise<Row[]> {
  const pool = await LanePool.start({
    lanePath: join(import.meta.dirname, '../dist/lane.js'),
    provider: 'cpu',
    laneCount: 2,
  });
  const row = (what: string, measured: string): Row => ({
    what: `ablation (conversations DER / confusion / speakers; AMI DER; sample DER): ${what}`,
    target: 'comparison',
    measured,
  });
  try {
    const rows: Row[] = [];
    const own = await observeAll(pool, DEFAULT_PARTIAL_RULES, 16_000);
    const variant = (what: string, resolution: Partial<ResolutionOptions>): void => {
      rows.push(row(what, scoreAll(own, resolution)));
    };
    variant('embedded as it is', {});
    for (const threshold of [0.65, 0.7, 0.8, 0.85, 0.9, 1.0]) {
      variant(`cut at ${threshold}`, { clustering: { ...CLUSTERING, threshold } });
    }
    variant('voices of one window may be joined', { clustering: WITHOUT_CANNOT_LINK });
    variant('the same, cut at 0.8', { clustering: { ...WITHOUT_CANNOT_LINK, threshold: 0.8 } });
    variant('two seconds of clean speech to take part', { minAloneShare: 0.2 });
    variant('conventions of pyannote kept (compatible)', { compatible: true });
    const gridOnly = await observeAll(
      pool,
      { ...DEFAULT_PARTIAL_RULES, minShare: 0.01, minGridPartials: 1 },
      16_000,
    );
    rows.push(row('grid partials only, no joined frames', scoreAll(gridOnly, {})));
    const twoSeconds = await observeAll(pool, DEFAULT_PARTIAL_RULES, 32_000);
    const halved = { ...CLUSTERING, minClusterSize: CLUSTERING.minClusterSize / 2 };
    rows.push(row('windows every 2 s: half the work', scoreAll(twoSeconds, { clustering: halved })));
    return rows;
  } finally {
    await pool.close();
  }
}

export const diarizationAblation: Benchmark = { name: 'ablation', measure };
