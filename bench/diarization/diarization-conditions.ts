/** The default preset under recording conditions: how many speakers it finds, and how much it confuses them. */
import { join } from 'node:path';
import { openAudio } from '../../core/audio/decode.ts';
import { type DiarizationModels, openDiarizationModels } from '../../core/diarization/diarization-models.ts';
import { diarize } from '../../core/diarization/diarize.ts';
import { findPreset } from '../../core/diarization/presets.ts';
import { resolveRecording } from '../../core/diarization/resolve-recording.ts';
import { LanePool } from '../../core/inference/lanes/lane-pool.ts';
import {
  type DiarizationError,
  diarizationError,
  sumDiarizationErrors,
} from '../../core/metrics/diarization/diarization-error.ts';
import { CONDITIONS, type ConditionName } from '../conditions/conditions.ts';
import { degraded, samplesOf } from '../conditions/degraded-recording.ts';
import { type Conversation, conversationOf } from '../conditions/many-speakers.ts';
import { openLabeler } from '../speakers/speaker-trials.ts';
import { benchSetup } from '../support/engine.ts';
import { CONVERSATIONS, recordingPath, referenceOf } from '../support/recordings.ts';
import { percent, type Benchmark, type Row } from '../support/row.ts';

/** Those of the table that the method was found with; ../shared/data/conditions. */
const FIFTEEN: readonly string[] = [
  ...['clean', 'tel-mulaw', 'tel-gsm', 'tel-g723', 'mixed', 'opus8', 'mp3-16', 'rev06', 'rev10', 'far'],
  ...['pink10', 'white10', 'babble10', 'level-45', 'clip'],
];
const EXACT_TARGET = 43;
const CONFUSION_TARGET = 0.03;
const CLEAN_TARGET = 0.0095;
const MANY_SPEAKERS = [8, 12, 16];
const MANY_CONDITIONS: readonly ConditionName[] = ['clean', 'tel-mulaw', 'pink10'];
const LONG_ENOUGH_SEED = 5;

/** What is known of the number of speakers, by the true one. */
const KNOWN = {
  nothing: () => ({}),
  number: (count: number) => ({ numSpeakers: count }),
  bounds: (count: number) => ({ minSpeakers: Math.max(1, count - 1), maxSpeakers: count + 1 }),
} as const;
type Known = keyof typeof KNOWN;

type Score = { readonly error: DiarizationError; readonly found: number; readonly present: number };
type Scores = Readonly<Record<Known, Score>>;

export const diarizationConditions: Benchmark = {
  name: 'conditions',
  measure: async (only) => {
    const names = (Object.keys(CONDITIONS) as ConditionName[]).filter((name) => only?.includes(name) ?? true);
    const pool = await LanePool.start({
      lanePath: join(import.meta.dirname, '../../dist/lane.js'),
      provider: 'cpu',
      laneCount: 2,
    });
    try {
      const { files } = await benchSetup('embedded');
      const models = await openDiarizationModels(findPreset('embedded'), files, (model, graph) =>
        pool.open(model, graph),
      );
      return [
        ...(await conversationRows(names, models)),
        ...(only === undefined || only.includes('many') ? await manySpeakersRows(models) : []),
      ];
    } finally {
      await pool.close();
    }
  },
};

async function conversationRows(names: readonly ConditionName[], models: DiarizationModels): Promise<Row[]> {
  const conversations: Conversation[] = [];
  for (const name of CONVERSATIONS) {
    conversations.push({ samples: await samplesOf(recordingPath(name)), turns: referenceOf(name) });
  }
  const rows: Row[] = [];
  const ofFifteen: Score[] = [];
  for (const name of names) {
    const scores: Scores[] = [];
    for (const conversation of conversations) scores.push(await scoresOf(conversation, name, models));
    if (FIFTEEN.includes(name)) ofFifteen.push(...scores.map(({ nothing }) => nothing));
    rows.push(rowOf(name, scores));
    console.error(`${name}: ${rows.at(-1)!.measured}`);
  }
  if (ofFifteen.length < 3 * FIFTEEN.length) return rows;
  const exact = ofFifteen.filter(isExact).length;
  return [
    ...rows,
    {
      what: `number of speakers exact, ${CONVERSATIONS.length} conversations × ${FIFTEEN.length} conditions`,
      target: `≥ ${EXACT_TARGET} of ${ofFifteen.length}`,
      measured: `${exact} of ${ofFifteen.length}`,
      met: exact >= EXACT_TARGET,
    },
  ];
}

function rowOf(name: ConditionName, scores: readonly Scores[]): Row {
  const nothing = scores.map((score) => score.nothing);
  const confusion = confusionOf(nothing);
  const most = name === 'clean' ? CLEAN_TARGET : CONFUSION_TARGET;
  const isAsked = FIFTEEN.includes(name) && name !== 'babble10';
  return {
    what: `${name}: missed, false alarm, confusion, speakers found; confusion and speakers with the number given; with bounds of one more and less`,
    target: isAsked ? `confusion ≤ ${percent(most)}` : '–',
    measured: [
      missedAndFalse(nothing),
      ...(['nothing', 'number', 'bounds'] as const).map((known) =>
        summary(scores.map((score) => score[known])),
      ),
    ].join('; '),
    ...(isAsked ? { met: confusion <= most } : {}),
  };
}

async function manySpeakersRows(models: DiarizationModels): Promise<Row[]> {
  const labeler = await openLabeler('vad');
  const rows: Row[] = [];
  for (const count of MANY_SPEAKERS) {
    const conversation = await conversationOf(count, LONG_ENOUGH_SEED, labeler);
    for (const condition of MANY_CONDITIONS) {
      const scores = [await scoresOf(conversation, condition, models)];
      rows.push({
        what: `${count} speakers, ${condition}: confusion and speakers found; with the number given; with bounds`,
        target: '–',
        measured: (['nothing', 'number', 'bounds'] as const)
          .map((known) => summary(scores.map((score) => score[known])))
          .join('; '),
      });
      console.error(rows.at(-1)!.what, rows.at(-1)!.measured);
    }
  }
  return rows;
}

/** Observed once, resolved for everything that may be known. */
async function scoresOf(
  { samples, turns }: Conversation,
  condition: ConditionName,
  models: DiarizationModels,
): Promise<Scores> {
  const heard = await degraded(samples, condition, turns);
  const audio = await openAudio({ samples: heard, sampleRate: 16_000 });
  const context = { now: () => performance.now() / 1000 };
  const { observations } = await diarize(audio, models, {}, context);
  const present = new Set(turns.map(({ speaker }) => speaker)).size;
  const uem = [{ startSeconds: 0, endSeconds: samples.length / 16_000 }];
  const scoreOf = (known: Known): Score => {
    const bounds = KNOWN[known](present);
    const { result } = resolveRecording(observations, models.preset, bounds, models.clustering);
    return { error: diarizationError(turns, result.turns, { uem }), found: result.speakers.length, present };
  };
  return { nothing: scoreOf('nothing'), number: scoreOf('number'), bounds: scoreOf('bounds') };
}

function isExact({ found, present }: Score): boolean {
  return found === present;
}

function confusionOf(scores: readonly Score[]): number {
  const { confusionSeconds, totalSeconds } = sumDiarizationErrors(scores.map(({ error }) => error));
  return confusionSeconds / totalSeconds;
}

function missedAndFalse(scores: readonly Score[]): string {
  const total = sumDiarizationErrors(scores.map(({ error }) => error));
  return `${percent(total.missedSeconds / total.totalSeconds, 1)} ${percent(total.falseAlarmSeconds / total.totalSeconds, 1)}`;
}

function summary(scores: readonly Score[]): string {
  const counts = scores.map(({ found, present }) =>
    found === present ? `${found}` : `**${found}/${present}**`,
  );
  return `${percent(confusionOf(scores))} · ${counts.join(' ')}`;
}
