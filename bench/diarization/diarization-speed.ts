/** Wall time of five-speakers (288 s) through the engine, and the same model runs alone. */
import { join } from 'node:path';
import { openAudio } from '../../core/audio/decode.ts';
import { openDiarizationModels } from '../../core/diarization/diarization-models.ts';
import { diarize } from '../../core/diarization/diarize.ts';
import { findPreset } from '../../core/diarization/presets.ts';
import { LanePool } from '../../core/inference/lanes/lane-pool.ts';
import { benchSetup, startBenchEngine } from '../support/engine.ts';
import { recordingPath, wavOf } from '../support/recordings.ts';
import { recordRuns, replay } from '../support/recording-session.ts';
import { median, type Benchmark, type Row } from '../support/row.ts';

const ROUNDS = 5;
const RECORDING = 'five-speakers';

async function engineSeconds(
  path: string,
): Promise<{ seconds: number[]; audioSeconds: number; delayMs: number }> {
  const { monitorEventLoopDelay } = await import('node:perf_hooks');
  const engine = await startBenchEngine();
  const setup = await benchSetup('embedded');
  const seconds: number[] = [];
  let audioSeconds = 0;
  const delay = monitorEventLoopDelay({ resolution: 5 });
  try {
    await engine.run('diarize', { ...setup, options: {}, audio: { path: wavOf('sample') } });
    delay.enable();
    for (let round = 0; round < ROUNDS; round++) {
      const started = performance.now();
      const result = await engine.run('diarize', { ...setup, options: {}, audio: { path } });
      seconds.push((performance.now() - started) / 1000);
      audioSeconds = result.durationSeconds;
    }
  } finally {
    delay.disable();
    await engine.close();
  }
  return { seconds, audioSeconds, delayMs: delay.percentile(99) / 1e6 };
}

/** The pipeline in this process and its model runs alone, in turn, in the same lanes. */
async function againstModelsAlone(path: string): Promise<{ pipeline: number[]; alone: number[] }> {
  const pool = await LanePool.start({
    lanePath: join(import.meta.dirname, '../../dist/lane.js'),
    provider: 'cpu',
    laneCount: 2,
  });
  const { files } = await benchSetup('embedded');
  const parts: ReturnType<typeof recordRuns>[] = [];
  const models = await openDiarizationModels(findPreset('embedded'), files, async (model, graph) => {
    const part = recordRuns(await pool.open(model, graph));
    parts.push(part);
    return part.recording;
  });
  const plain = await openDiarizationModels(findPreset('embedded'), files, (model, graph) =>
    pool.open(model, graph),
  );
  const run = async (which: typeof models): Promise<number> => {
    const started = performance.now();
    await diarize(await openAudio({ path }), which, {}, { now: () => performance.now() / 1000 });
    return (performance.now() - started) / 1000;
  };
  await run(models);
  const [pipeline, alone]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    pipeline.push(await run(plain));
    alone.push(await replay(parts));
  }
  await pool.close();
  return { pipeline, alone };
}

async function measure(): Promise<Row[]> {
  const wav = await engineSeconds(wavOf(RECORDING));
  const flac = await engineSeconds(recordingPath(RECORDING));
  const speed = wav.audioSeconds / median(wav.seconds);
  const { pipeline, alone } = await againstModelsAlone(wavOf(RECORDING));
  const ratio = median(pipeline.map((seconds, round) => seconds / alone[round]!));
  return [
    {
      what: `speed, ${RECORDING} as WAV through the engine, two lanes, models loaded (median of ${ROUNDS})`,
      target: '≥ 100 × real time',
      measured: `${speed.toFixed(1)} × (${median(wav.seconds).toFixed(2)} s, ${Math.min(...wav.seconds).toFixed(2)}–${Math.max(...wav.seconds).toFixed(2)})`,
      met: speed >= 100,
    },
    {
      what: 'the same as FLAC, decoded by ffmpeg meanwhile',
      target: 'comparison',
      measured: `${(flac.audioSeconds / median(flac.seconds)).toFixed(1)} ×`,
    },
    {
      what: 'pipeline against its model runs alone (same batches, sessions, lanes; median of ratios)',
      target: '≤ 1.08 ×',
      measured: `${ratio.toFixed(3)} × (${median(pipeline).toFixed(2)} s against ${median(alone).toFixed(2)} s)`,
      met: ratio <= 1.08,
    },
    {
      what: 'event loop of the parent meanwhile, 99th percentile of the delay',
      target: '< 50 ms',
      measured: `${wav.delayMs.toFixed(1)} ms`,
      met: wav.delayMs < 50,
    },
  ];
}

export const diarizationSpeed: Benchmark = { name: 'speed', measure };
