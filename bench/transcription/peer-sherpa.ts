/**
 * sherpa-onnx-node on the same files and the same two cores: segmentation-3.0 with the stand-in with WeSpeaker ResNet34's
 * shape (random weights: its embeddings mean nothing, its cost is right), and with CAM++ as it ships.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { diarizationError } from '../../core/metrics/diarization/diarization-error.ts';
import type { Turn } from '../../core/timeline/turns.ts';
import { sharedFolder } from '../../test/support/shared.ts';
import { benchSetup, startBenchEngine } from '../support/engine.ts';
import { referenceOf, wavOf } from '../support/recordings.ts';
import { median, percent, type Benchmark, type Row } from '../support/row.ts';

const ROUNDS = Number(process.env.COLLOQUY_BENCH_ROUNDS ?? 2);
const RECORDING = 'five-speakers';
const STAND_IN = join(sharedFolder, 'models/stand-ins/wespeaker-resnet34-random.onnx');
const root = join(import.meta.dirname, '..');

type SherpaModel = {
  readonly path: string;
  readonly framework: 'wespeaker' | '3d-speaker';
  readonly dimension: number;
};
const RESNET34: SherpaModel = { path: STAND_IN, framework: 'wespeaker', dimension: 256 };
const CAMPPLUS: SherpaModel = {
  path: join(root, 'models/embedded/campplus-zh-en/campplus-zh-en.fp16.onnx'),
  framework: '3d-speaker',
  dimension: 192,
};

/** @param speakers how many there are, where that is told */
function sherpa(
  wav: string,
  { path, framework, dimension }: SherpaModel,
  speakers?: number,
): { seconds: number; turns: Turn[] } {
  const script = join(import.meta.dirname, 'support/run-sherpa.mjs');
  const output = execFileSync(
    process.execPath,
    [script, wav, path, framework, String(dimension), String(speakers ?? -1)],
    {
      encoding: 'utf8',
      // Its addon finds its libraries only this way.
      env: { ...process.env, LD_LIBRARY_PATH: join(root, 'node_modules/sherpa-onnx-linux-x64') },
    },
  );
  return JSON.parse(output.trim().split('\n').at(-1)!) as { seconds: number; turns: Turn[] };
}

async function measure(): Promise<Row[]> {
  const wav = wavOf(RECORDING);
  const engine = await startBenchEngine();
  const { files } = await benchSetup('embedded');
  const seconds = async (preset: string): Promise<number> => {
    const embedding = { id: 'resnet34-stand-in', path: STAND_IN, inputs: ['feats'], outputs: ['embs'] };
    const setup = { preset, files: { segmentation: files.segmentation, embedding, uses: [] } };
    const started = performance.now();
    await engine.run('diarize', { ...setup, options: {}, audio: { path: wav } });
    return (performance.now() - started) / 1000;
  };
  const [peer, exact, fast]: [number[], number[], number[]] = [[], [], []];
  try {
    await seconds('pyannote-3.1-fast');
    for (let round = 0; round < ROUNDS; round++) {
      peer.push(sherpa(wav, RESNET34).seconds);
      exact.push(await seconds('pyannote-3.1'));
      fast.push(await seconds('pyannote-3.1-fast'));
    }
  } finally {
    await engine.close();
  }
  const [theirs, same, quick] = [median(peer), median(exact), median(fast)];
  return [
    {
      what: 'pyannote-3.1 (trunk once a window, pooled by mask) against sherpa-onnx-node 1.13, ResNet34 stand-in, five-speakers',
      target: 'not slower',
      measured: `${same.toFixed(1)} s against ${theirs.toFixed(1)} s: ${(theirs / same).toFixed(2)} × as fast`,
      met: same <= theirs,
    },
    {
      what: 'pyannote-3.1-fast (one run of the trunk shared by windows) against sherpa-onnx-node',
      target: '≥ 4 × as fast',
      measured: `${quick.toFixed(1)} s against ${theirs.toFixed(1)} s: ${(theirs / quick).toFixed(2)} × as fast`,
      met: theirs / quick >= 4,
    },
  ];
}

export const peerSherpa: Benchmark = { name: 'sherpa', measure };

/** The default preset, whose two networks sherpa-onnx is given too. */
async function measureSameModels(): Promise<Row[]> {
  const wav = wavOf(RECORDING);
  const reference = referenceOf(RECORDING);
  const speakers = new Set(reference.map(({ speaker }) => speaker)).size;
  const engine = await startBenchEngine();
  const setup = await benchSetup('embedded');
  const seconds: number[] = [];
  try {
    const diarize = () => engine.run('diarize', { ...setup, options: {}, audio: { path: wav } });
    let own = await diarize();
    for (let round = 0; round < ROUNDS; round++) {
      const started = performance.now();
      own = await diarize();
      seconds.push((performance.now() - started) / 1000);
    }
    const scored = (turns: readonly Turn[]) => {
      const uem = [{ startSeconds: 0, endSeconds: own.durationSeconds }];
      const { confusionSeconds, totalSeconds, errorRate } = diarizationError(reference, turns, { uem });
      const count = new Set(turns.map(({ speaker }) => speaker)).size;
      return {
        confusion: confusionSeconds / totalSeconds,
        text: `DER ${percent(errorRate)}, confusion ${percent(confusionSeconds / totalSeconds)}, ${count} speakers`,
      };
    };
    const [found, told] = [sherpa(wav, CAMPPLUS), sherpa(wav, CAMPPLUS, speakers)];
    const peerSeconds = Math.min(found.seconds, told.seconds);
    const [ours, theirs] = [scored(own.turns), scored(told.turns)];
    const ratio = peerSeconds / median(seconds);
    return [
      {
        what: `the default preset against sherpa-onnx-node 1.13 with the same segmentation and CAM++ files, ${RECORDING}`,
        target: '≥ 5 × as fast',
        measured: `${median(seconds).toFixed(1)} s against ${peerSeconds.toFixed(1)} s: ${ratio.toFixed(2)} × as fast`,
        met: ratio >= 5,
      },
      {
        what: 'the same, errors; sherpa-onnx is told the number of speakers, which the default preset finds out',
        target: 'confusion not worse',
        measured: `${ours.text} against ${theirs.text} (not told, at its default threshold: ${scored(found.turns).text})`,
        met: ours.confusion <= theirs.confusion,
      },
    ];
  } finally {
    await engine.close();
  }
}

export const peerSherpaSameModels: Benchmark = { name: 'sherpa-campplus', measure: measureSameModels };
