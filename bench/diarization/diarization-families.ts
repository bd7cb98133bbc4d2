/**
 * Every preset of the embedded models on every recording and condition, and rules that would choose between them. What
 * the models saw is kept in the scratch folder, so that a second run costs seconds.
 *
 * `--only` takes presets and conditions: meeting,general,clean,tel-gsm.
 */
import { join } from 'node:path';
import { readClusteringModels } from '../../core/diarization/clustering-models.ts';
import { findPreset } from '../../core/diarization/presets.ts';
import {
  type DiarizationError,
  diarizationError,
  sumDiarizationErrors,
} from '../../core/metrics/diarization/diarization-error.ts';
import { resolve } from '../../core/resolution/resolve.ts';
import { findScaleSpeakers } from '../../core/resolution/scales/scale-speakers.ts';
import { completeSpeakerBounds } from '../../core/resolution/speaker-bounds.ts';
import { CONDITIONS, type ConditionName } from '../conditions/conditions.ts';
import { communityRecordings } from '../../test/support/recorded-pipelines.ts';
import { benchSetup } from '../support/engine.ts';
import { observed } from '../support/observed.ts';
import { AMI, CONVERSATIONS, referenceOf } from '../support/recordings.ts';
import { percent, type Benchmark, type Row } from '../support/row.ts';

const DEFAULT = 'embedded';
const PRESETS = [DEFAULT, 'ge2e', 'meeting', 'general', 'telephonic'] as const;
const SETS: Readonly<Record<string, readonly string[]>> = {
  conversations: CONVERSATIONS,
  AMI,
  sample: ['sample'],
};

type Score = {
  readonly error: DiarizationError;
  readonly found: number;
  readonly present: number;
  readonly seconds: number;
  /** By how much the widest gap leads, as a share of the largest eigenvalue; of clustering over scales. */
  readonly gapLead?: number;
  /** Of the segments' own turns, one speaker at a time, as NeMo writes them; of clustering over scales. */
  readonly withoutOverlap?: DiarizationError;
};
/** One recording under one condition, by preset. */
type Case = { readonly set: string; readonly condition: string; readonly scores: ReadonlyMap<string, Score> };

export const diarizationFamilies: Benchmark = {
  name: 'families',
  measure: async (only) => {
    const presets = PRESETS.filter((name) => name === DEFAULT || (only?.includes(name) ?? true));
    const all = Object.keys(CONDITIONS) as ConditionName[];
    const conditions = all.filter((name) => only?.includes(name) ?? name === 'clean');
    const cases = await casesOf(presets, conditions.length > 0 ? conditions : ['clean']);
    return [...tableOf(cases, presets), await vbxRow(), ...rulesOf(cases, presets)];
  },
};

/** Recorded from pyannote.audio 4.0.4 as it heard sample.wav. */
const VBX_SAMPLE = '02_pyannote_sample';

/**
 * VBx needs vectors of WeSpeaker, which is not in the repository. Of the recordings whose vectors the shared folder
 * holds one has a reference that is not pyannote's own output.
 */
async function vbxRow(): Promise<Row> {
  const { observations } = communityRecordings().find(({ name }) => name === VBX_SAMPLE)!;
  const folder = join(import.meta.dirname, '../models/embedded/pyannote-community-1-plda');
  const { plda } = await readClusteringModels({
    plda: { transformPath: join(folder, 'xvec_transform.npz'), pldaPath: join(folder, 'plda.npz') },
  });
  const { turns, speakers } = resolve(observations, findPreset('community-1').resolution, { plda });
  const reference = referenceOf('sample');
  const uem = [{ startSeconds: 0, endSeconds: observations.sampleCount / 16_000 }];
  const error = diarizationError(reference, turns, { uem });
  const present = new Set(reference.map(({ speaker }) => speaker)).size;
  return {
    what: `vbx (community-1) on the vectors recorded of sample.wav: DER / confusion / speakers found`,
    target: 'comparison',
    measured: `${percent(error.errorRate)} / ${percent(error.confusionSeconds / error.totalSeconds)} / ${speakers.length}/${present}`,
  };
}

async function casesOf(presets: readonly string[], conditions: readonly ConditionName[]): Promise<Case[]> {
  const cases: Case[] = [];
  for (const condition of conditions) {
    for (const [set, names] of Object.entries(SETS)) {
      for (const name of names) {
        const scores = new Map<string, Score>();
        for (const preset of presets) scores.set(preset, await scoreOf(name, condition, preset));
        cases.push({ set, condition, scores });
      }
    }
  }
  return cases;
}

async function scoreOf(name: string, condition: ConditionName, presetName: string): Promise<Score> {
  const preset = findPreset(presetName);
  const observations = await observed(name, condition, presetName);
  const models = await readClusteringModels((await benchSetup(presetName)).files);
  const { turns, speakers, stages } = resolve(observations, preset.resolution, models);
  const seconds = observations.sampleCount / 16_000;
  const reference = referenceOf(name);
  const search = stages?.clusters.scales?.searches.at(-1)?.chosen;
  const uem = [{ startSeconds: 0, endSeconds: seconds }];
  const { clustering } = preset.resolution;
  const alone =
    clustering.method !== 'nme-spectral' || turns.length === 0
      ? undefined
      : findScaleSpeakers(observations, clustering, completeSpeakerBounds(preset.resolution)).turns.map(
          ({ cluster, ...turn }) => ({ ...turn, speaker: String(cluster) }),
        );
  return {
    error: diarizationError(reference, turns, { uem }),
    ...(clustering.method === 'nme-spectral'
      ? { withoutOverlap: diarizationError(reference, alone ?? [], { uem }) }
      : {}),
    found: speakers.length,
    present: new Set(reference.map(({ speaker }) => speaker)).size,
    seconds,
    ...(search === undefined ? {} : { gapLead: leadOf(search.eigenvalues, search.largestEigenvalue) }),
  };
}

function leadOf(eigenvalues: Float64Array, largest: number): number {
  const gaps = [...eigenvalues.keys()].slice(1).map((index) => eigenvalues[index]! - eigenvalues[index - 1]!);
  const [first = 0, second = 0] = gaps.sort((a, b) => b - a);
  return (first - second) / largest;
}

function tableOf(cases: readonly Case[], presets: readonly string[]): Row[] {
  return presets.flatMap((preset) =>
    groupsOf(cases).map(([group, own]): Row => {
      const scores = own.map((one) => one.scores.get(preset)!);
      const counts = scores.map(({ found, present }) => `${found}/${present}`).join(' ');
      const alone = scores.flatMap(({ withoutOverlap }) => withoutOverlap ?? []);
      const overlap =
        alone.length === 0
          ? ''
          : `; overlap not put back: DER ${percent(sumDiarizationErrors(alone).errorRate)}`;
      return {
        what: `${preset}, ${group}: DER / confusion / speakers found`,
        target: 'comparison',
        measured: `${totals(scores)} / ${counts}${overlap}`,
      };
    }),
  );
}

/** A rule says which preset decides a recording; what it can know is what both have found. */
function rulesOf(cases: readonly Case[], presets: readonly string[]): Row[] {
  return presets
    .filter((preset) => findPreset(preset).encoder.kind === 'scales')
    .flatMap((preset) => {
      const rules: [string, (own: Case) => boolean][] = [
        ...[30.5, 60, 90, 120, 180].map((least): [string, (own: Case) => boolean] => [
          `from ${least} s`,
          ({ scores }) => scores.get(preset)!.seconds >= least,
        ]),
        ...[0.05, 0.1, 0.15, 0.2].map((least): [string, (own: Case) => boolean] => [
          `where the gap leads by ${least}`,
          ({ scores }) => (scores.get(preset)!.gapLead ?? 0) >= least,
        ]),
        [
          `where both count the same`,
          ({ scores }) => scores.get(preset)!.found === scores.get(DEFAULT)!.found,
        ],
        [
          'always the better one',
          ({ scores }) => errorOf(scores.get(preset)!) < errorOf(scores.get(DEFAULT)!),
        ],
      ];
      return rules.map(([what, takes]): Row => {
        const measured = groupsOf(cases).map(([group, own]) => {
          const chosen = own.map((one) => one.scores.get(takes(one) ? preset : DEFAULT)!);
          const standard = own.map((one) => one.scores.get(DEFAULT)!);
          return `${group} ${totals(chosen)} (default ${totals(standard)})`;
        });
        return {
          what: `rule: ${preset} ${what}, else ${DEFAULT}`,
          target: 'never worse',
          measured: measured.join('; '),
        };
      });
    });
}

function groupsOf(cases: readonly Case[]): [string, Case[]][] {
  const groups = new Map<string, Case[]>();
  for (const own of cases) {
    const name = `${own.set} ${own.condition}`;
    groups.set(name, [...(groups.get(name) ?? []), own]);
  }
  return [...groups];
}

function errorOf({ error }: Score): number {
  return error.missedSeconds + error.falseAlarmSeconds + error.confusionSeconds;
}

function totals(scores: readonly Score[]): string {
  const total = sumDiarizationErrors(scores.map(({ error }) => error));
  return `${percent(total.errorRate)} / ${percent(total.confusionSeconds / total.totalSeconds)}`;
}
