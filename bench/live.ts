/** Live sessions: how right labels are when they are first told and later, and how long a step takes (issue 12). */
import { openAudio } from '../core/audio/decode.ts';
import type { Engine } from '../core/engine/engine.ts';
import type { DiarizationError } from '../core/metrics/diarization/diarization-error.ts';
import { type LiveScore, scoreLiveFile, sumOfLiveScores } from '../handlers/cli/evaluate/score-live.ts';
import { openStore } from '../handlers/setup/composition.ts';
import { readConfig } from '../handlers/setup/config.ts';
import { KeptSound } from '../handlers/work/live/kept-sound.ts';
import { liveSetup } from '../handlers/work/live/live-setup.ts';
import { MOST_KEPT_SAMPLES, runLive } from '../handlers/work/live/run-live.ts';
import { liveStartSchema } from '../sdk/live/client-message.ts';
import { besideRows, longRows, streamRows } from './live/load.ts';
import { samplesOf, startLoadEngine } from './live/paced-streams.ts';
import { socketRows } from './live/slow-readers.ts';
import { wordRows } from './live/words.ts';
import { startBenchEngine } from './support/engine.ts';
import { referenceOf, wavOf } from './support/recordings.ts';
import { percent, quantile, type Benchmark, type Row } from './support/row.ts';

const LATENCY_SECONDS = 1;
const SECOND = 16_000;
const STEPS_A_SECOND = 2;

type Group = {
  readonly what: string;
  readonly recordings: readonly string[];
  /** Largest confusion at first telling, and 30 s later; of the speech. */
  readonly first: number;
  readonly later?: number;
  readonly timesLabels?: true;
};

const GROUPS: readonly Group[] = [
  {
    what: 'two short conversations',
    recordings: ['two-speakers', 'three-speakers-overlap'],
    first: 0.045,
    later: 0.012,
    timesLabels: true,
  },
  { what: 'five-speakers', recordings: ['five-speakers'], first: 0.07, later: 0.03 },
  { what: 'AMI excerpts (dev00, trn03, trn04)', recordings: ['dev00', 'trn03', 'trn04'], first: 0.13 },
];

const config = readConfig(process.env);
const context = { config, signal: new AbortController().signal };

async function scoreGroup(engine: Engine, { recordings }: Group): Promise<LiveScore> {
  const scores: LiveScore[] = [];
  for (const name of recordings)
    scores.push(await scoreLiveFile(wavOf(name), referenceOf(name), LATENCY_SECONDS, engine, context));
  return sumOfLiveScores(scores);
}

function confusion({ confusionSeconds, totalSeconds }: DiarizationError): number {
  return confusionSeconds / totalSeconds;
}

function errorRow(what: string, error: DiarizationError, most: number | undefined): Row {
  return {
    what,
    target: most === undefined ? 'comparison' : `confusion ≤ ${percent(most, 1)}`,
    measured: `${percent(confusion(error))} (DER ${percent(error.errorRate)})`,
    ...(most === undefined ? {} : { met: confusion(error) <= most }),
  };
}

function labelRow({ firstLabels, labelCount }: LiveScore): Row {
  const [median, worst] = [quantile(firstLabels, 0.5), quantile(firstLabels, 1)];
  return {
    what: `first label of a voice, median / worst (${labelCount} labels)`,
    target: '≤ 1.2 s / ≤ 3 s',
    measured: `${median.toFixed(2)} s / ${worst.toFixed(2)} s`,
    met: median <= 1.2 && worst <= 3,
  };
}

function groupRows(group: Group, score: LiveScore): Row[] {
  const changes = score.changes / score.minutes;
  return [
    errorRow(`${group.what}: first told, latency ${LATENCY_SECONDS} s`, score.first, group.first),
    errorRow('30 s later', score.later, group.later),
    errorRow('at the end, as offline', score.end, undefined),
    {
      what: 'changes of what is older than 2 s',
      target: '≤ 6 a minute',
      measured: `${changes.toFixed(1)} a minute`,
      met: changes <= 6,
    },
    ...(group.timesLabels === true ? [labelRow(score)] : []),
  ];
}

/** A second of sound at a time, the next when the last was told: wall time of a step, two a second. */
async function stepMs(engine: Engine): Promise<number[]> {
  const start = liveStartSchema.parse({ type: 'start', tasks: ['diarize'] });
  const input = await liveSetup(openStore(config), start, { sheds: false });
  const sound = new KeptSound(MOST_KEPT_SAMPLES);
  let told = (): void => undefined;
  const hooks = {
    signal: context.signal,
    onEvent: ({ type }: { readonly type: string }) => {
      if (type === 'status') told();
    },
  };
  const listening = runLive(engine, input, sound, hooks);
  const steps: number[] = [];
  let rest = new Float32Array(0);
  for await (const block of (await openAudio({ path: wavOf('two-speakers') })).blocks) {
    rest = Float32Array.from([...rest, ...block]);
    for (; rest.length >= SECOND; rest = rest.slice(SECOND)) {
      const isTold = new Promise<void>((resolve) => (told = resolve));
      const began = performance.now();
      sound.push(rest.slice(0, SECOND));
      await Promise.race([isTold, listening]);
      steps.push((performance.now() - began) / STEPS_A_SECOND);
    }
  }
  sound.end();
  await listening;
  return steps;
}

async function stepRow(engine: Engine): Promise<Row> {
  const steps = await stepMs(engine);
  const [middle, slow] = [quantile(steps, 0.5), quantile(steps, 0.95)];
  return {
    what: 'one stream, speakers only: heard → told, a step, p50 / p95 (a quiet machine; resolving included)',
    target: '≤ 35 / ≤ 50 ms',
    measured: `${middle.toFixed(0)} / ${slow.toFixed(0)} ms`,
    met: middle <= 35 && slow <= 50,
  };
}

async function measure(only?: readonly string[]): Promise<Row[]> {
  const engine = await startBenchEngine();
  try {
    const rows: Row[] = [];
    for (const group of GROUPS) {
      const recordings = group.recordings.filter((name) => only?.includes(name) ?? true);
      if (recordings.length > 0)
        rows.push(...groupRows(group, await scoreGroup(engine, { ...group, recordings })));
    }
    if (only?.includes('step') ?? true) rows.push(await stepRow(engine));
    return [...rows, ...(await loadRows(only))];
  } finally {
    await engine.close();
  }
}

/** By name: what is measured over an engine that takes as many streams as it is given. */
const LOADS: Readonly<Record<string, (engine: Engine) => Promise<Row[]>>> = {
  streams: streamRows,
  beside: besideRows,
  words: async (engine) => wordRows(engine, await samplesOf('samples/library.wav')),
  long: longRows,
  sockets: async (engine) => socketRows(engine, await samplesOf(wavOf('two-speakers'))),
};

async function loadRows(only?: readonly string[]): Promise<Row[]> {
  const names = Object.keys(LOADS).filter((name) => only?.includes(name) ?? true);
  const rows: Row[] = [];
  for (const name of names) {
    const engine = await startLoadEngine();
    try {
      rows.push(...(await LOADS[name]!(engine)));
    } finally {
      await engine.close();
    }
  }
  return rows;
}

export const live: Benchmark = { name: 'live', measure };
