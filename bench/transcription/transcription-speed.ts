/** Transcription with speakers: wall time, its model runs alone, and when the first utterance comes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openAudio } from '../../core/audio/decode.ts';
import { openDiarizationModels } from '../../core/diarization/diarization-models.ts';
import { findPreset } from '../../core/diarization/presets.ts';
import { LanePool } from '../../core/inference/lanes/lane-pool.ts';
import type { SessionOpener } from '../../core/inference/session.ts';
import { openRecogniser } from '../../core/transcription/recogniser-families.ts';
import { DEFAULT_TRANSCRIPTION_OPTIONS, transcribe } from '../../core/transcription/transcribe.ts';
import {
  openTranscriptionModels,
  type TranscriptionModels,
} from '../../core/transcription/transcription-models.ts';
import { longWav } from '../support/long-recording.ts';
import { benchTranscription, startBenchEngine } from '../support/engine.ts';
import { recordRuns, replay } from '../support/recording-session.ts';
import { scratch, wavOf } from '../support/recordings.ts';
import { type Benchmark, median, type Row } from '../support/row.ts';

const ROUNDS = 5;
const RECORDING = 'five-speakers';
const SPEED_TARGET = 50;
const RATIO_TARGET = 1.15;
const FIRST_TARGET_SECONDS = 3;

async function speedRow(): Promise<Row> {
  const setup = await benchTranscription();
  const job = { ...setup, options: DEFAULT_TRANSCRIPTION_OPTIONS, channels: 'mix' } as const;
  const engine = await startBenchEngine();
  const seconds: number[] = [];
  let audioSeconds = 0;
  try {
    await engine.run('transcribe', { ...job, audio: { path: wavOf('sample') } });
    for (let round = 0; round < ROUNDS; round++) {
      const started = performance.now();
      const result = await engine.run('transcribe', { ...job, audio: { path: wavOf(RECORDING) } });
      seconds.push((performance.now() - started) / 1000);
      audioSeconds = result.durationSeconds;
    }
  } finally {
    await engine.close();
  }
  const speed = audioSeconds / median(seconds);
  return {
    what: `${RECORDING}, transcribe + diarize through the engine, two lanes, models loaded (median of ${ROUNDS})`,
    target: `≥ ${SPEED_TARGET} × real time`,
    measured: `${speed.toFixed(1)} × (${median(seconds).toFixed(2)} s, ${Math.min(...seconds).toFixed(2)}–${Math.max(...seconds).toFixed(2)})`,
    met: speed >= SPEED_TARGET,
  };
}

/** The pipeline in this process and its model runs alone, in turn, in the same lanes. */
async function ratioRow(): Promise<Row> {
  const pool = await LanePool.start({
    lanePath: join(import.meta.dirname, '../../dist/lane.js'),
    provider: 'cpu',
    laneCount: 2,
  });
  const inLanes: ReturnType<typeof recordRuns>[] = [];
  const recorded = await openModels(async (model, graph) => {
    const part = recordRuns(await pool.open(model, graph));
    inLanes.push(part);
    return part.recording;
  });
  const besideLanes = recordRuns(recorded.vad);
  const plain = await openModels((model, graph) => pool.open(model, graph));
  const run = async (models: TranscriptionModels): Promise<number> => {
    const started = performance.now();
    const now = () => performance.now() / 1000;
    await transcribe(await openAudio({ path: wavOf(RECORDING) }), models, DEFAULT_TRANSCRIPTION_OPTIONS, {
      now,
    });
    return (performance.now() - started) / 1000;
  };
  await run({ ...recorded, vad: besideLanes.recording });
  const [pipeline, alone]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    pipeline.push(await run(plain));
    const started = performance.now();
    await Promise.all([replay(inLanes), replay([besideLanes])]);
    alone.push((performance.now() - started) / 1000);
  }
  await pool.close();
  const ratio = median(pipeline.map((seconds, round) => seconds / alone[round]!));
  return {
    what: `transcribe + diarize against its model runs alone (same batches, sessions, lanes; median of ${ROUNDS})`,
    target: `≤ ${RATIO_TARGET} ×`,
    measured: `${ratio.toFixed(3)} × (${median(pipeline).toFixed(2)} s against ${median(alone).toFixed(2)} s)`,
    met: ratio <= RATIO_TARGET,
  };
}

async function openModels(open: SessionOpener): Promise<TranscriptionModels> {
  const { recogniser, vad, diarization } = await benchTranscription();
  return openTranscriptionModels(
    {
      recogniser: (opener) => openRecogniser(recogniser, opener),
      vad,
      diarization: await openDiarizationModels(findPreset('embedded'), diarization!.files, open),
      uses: [],
    },
    open,
  );
}

/** From the shell to the first line of `--stream` of an hour, with built files. */
async function firstUtteranceSeconds(args: readonly string[]): Promise<number> {
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [
      join(import.meta.dirname, '../../dist/cli.js'),
      'transcribe',
      longWav(1),
      '--stream',
      '--progress',
      'none',
      ...args,
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  await once(child.stdout, 'data');
  const seconds = (performance.now() - started) / 1000;
  child.kill();
  await once(child, 'close');
  return seconds;
}

async function firstUtteranceRow(what: string, args: readonly string[]): Promise<Row> {
  longWav(1);
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) seconds.push(await firstUtteranceSeconds(args));
  const worst = Math.max(...seconds);
  return {
    what: `first utterance of 1 h, shell to line, ${what}`,
    target: `≤ ${FIRST_TARGET_SECONDS} s`,
    measured: `${median(seconds).toFixed(2)} s (median of ${ROUNDS}; ${Math.min(...seconds).toFixed(2)}–${worst.toFixed(2)})`,
    met: worst <= FIRST_TARGET_SECONDS,
  };
}

async function measure(): Promise<Row[]> {
  const output = join(scratch, 'first-utterance.json');
  const rows = [
    await speedRow(),
    await ratioRow(),
    await firstUtteranceRow('text alone (`--stream`)', []),
    await firstUtteranceRow('speakers told apart meanwhile (`--stream --output`)', ['--output', output]),
  ];
  rmSync(output, { force: true });
  return rows;
}

export const transcriptionSpeed: Benchmark = { name: 'transcribe', measure };
