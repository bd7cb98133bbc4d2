/** What the settings of the default preset decide: one changed at a time, on recordings that are observed once a hop. */
import { join } from 'node:path';
import { openAudio } from '../../core/audio/decode.ts';
import { type DiarizationModels, openDiarizationModels } from '../../core/diarization/diarization-models.ts';
import { diarize } from '../../core/diarization/diarize.ts';
import { findPreset } from '../../core/diarization/presets.ts';
import { resolveRecording } from '../../core/diarization/resolve-recording.ts';
import { LanePool } from '../../core/inference/lanes/lane-pool.ts';
import { diarizationError, sumDiarizationErrors } from '../../core/metrics/diarization/diarization-error.ts';
import type { Observations } from '../../core/resolution/observations.ts';
import {
  DEFAULT_EVIDENCE_OPTIONS,
  type EvidenceClusteringOptions,
  type ResolutionOptions,
} from '../../core/resolution/resolution-options.ts';
import { benchSetup } from '../support/engine.ts';
import { AMI, CONVERSATIONS, recordingPath, referenceOf } from '../support/recordings.ts';
import { percent, type Benchmark, type Row } from '../support/row.ts';

const NAMES = [...CONVERSATIONS, ...AMI, 'sample'];
const EMBEDDED = findPreset('embedded');
/** One second, and multiples of 4,320 samples, where frames of neighbouring windows coincide. */
const HOPS = [16_000, 17_280, 21_600];

/** Settings, each with the values around it between which counts stay the same in conversations under conditions. */
const CLUSTERING: readonly (readonly [string, Partial<EvidenceClusteringOptions>])[] = [
  ...[0.5, 0.55, 0.65, 0.7].map((threshold) => [`threshold ${threshold}`, { threshold }] as const),
  ...[4, 8, Infinity].map(
    (maxIndependent) => [`maxIndependent ${maxIndependent}`, { maxIndependent }] as const,
  ),
  ...[-5, 5].map((leastGain) => [`leastGain ${leastGain}`, { leastGain }] as const),
  ...[0.1, 0.3, 100].map((share) => [`maxTogetherShare ${share}`, { maxTogetherShare: share }] as const),
  ...[6, 24].map((minClusterSize) => [`minClusterSize ${minClusterSize}`, { minClusterSize }] as const),
  ...[0.05, 0.2].map((share) => [`minClusterShare ${share}`, { minClusterShare: share }] as const),
];
const RESOLUTION: readonly (readonly [string, Partial<ResolutionOptions>])[] = [
  ...CLUSTERING.map(([name, options]): [string, Partial<ResolutionOptions>] => [
    name,
    { clustering: { ...DEFAULT_EVIDENCE_OPTIONS, ...options } },
  ]),
  ['minAloneShare 0', { minAloneShare: 0 }],
  ['minAloneShare 0.1', { minAloneShare: 0.1 }],
  ['minAloneShare 0.2 (pyannote)', { minAloneShare: 0.2 }],
  ['constrainedAssignment off', { constrainedAssignment: false }],
];

async function observeAll(models: DiarizationModels, hop: number): Promise<Map<string, Observations>> {
  const observed = new Map<string, Observations>();
  const preset = { ...EMBEDDED, chunkHopSeconds: hop / 16_000 };
  for (const name of NAMES) {
    const audio = await openAudio({ path: recordingPath(name) });
    const context = { now: () => performance.now() / 1000 };
    observed.set(name, (await diarize(audio, { ...models, preset }, {}, context)).observations);
  }
  return observed;
}

function scoreAll(
  observed: ReadonlyMap<string, Observations>,
  clustering: DiarizationModels['clustering'],
  resolution: Partial<ResolutionOptions>,
): string {
  const preset = { ...EMBEDDED, resolution: { ...EMBEDDED.resolution, ...resolution } };
  const score = (names: readonly string[]) => {
    const results = names.map((name) => {
      const { result } = resolveRecording(observed.get(name)!, preset, {}, clustering);
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
    lanePath: join(import.meta.dirname, '../../dist/lane.js'),
    provider: 'cpu',
    laneCount: 2,
  });
  const rows: Row[] = [];
  const add = (what: string, measured: string): void => {
    rows.push({
      what: `ablation (conversations DER / confusion / speakers; AMI DER; sample DER): ${what}`,
      target: 'comparison',
      measured,
    });
    console.error(what, measured);
  };
  try {
    const { files } = await benchSetup('embedded');
    const models = await openDiarizationModels(EMBEDDED, files, (model, graph) => pool.open(model, graph));
    for (const hop of HOPS) {
      const observed = await observeAll(models, hop);
      add(`windows every ${hop / 16_000} s`, scoreAll(observed, models.clustering, {}));
      if (hop !== HOPS[0]) continue;
      for (const [name, options] of RESOLUTION) add(name, scoreAll(observed, models.clustering, options));
    }
    return rows;
  } finally {
    await pool.close();
  }
}

export const diarizationAblation: Benchmark = { name: 'ablation', measure };
