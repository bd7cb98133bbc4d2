/**
 * sherpa-onnx-node on the same two files and the same two cores: segmentation-3.0 and the stand-in with WeSpeaker
 * ResNet34's shape (random weights: its embeddings mean nothing, its cost is right).
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { sharedFolder } from '../test/support/shared.ts';
import { benchSetup, startBenchEngine } from './support/engine.ts';
import { wavOf } from './support/recordings.ts';
import { median, type Benchmark, type Row } from './support/row.ts';

const ROUNDS = Number(process.env.COLLOQUY_BENCH_ROUNDS ?? 2);
const STAND_IN = join(sharedFolder, 'models/stand-ins/wespeaker-resnet34-random.onnx');
const root = join(import.meta.dirname, '..');

function sherpaSeconds(wav: string): number {
  const output = execFileSync(
    process.execPath,
    [join(import.meta.dirname, 'support/run-sherpa.mjs'), wav, STAND_IN],
    {
      encoding: 'utf8',
      // Its addon finds its libraries only this way.
      env: { ...process.env, LD_LIBRARY_PATH: join(root, 'node_modules/sherpa-onnx-linux-x64') },
    },
  );
  return (JSON.parse(output.trim().split('\n').at(-1)!) as { seconds: number }).seconds;
}

async function measure(): Promise<Row[]> {
  const wav = wavOf('five-speakers');
  const engine = await startBenchEngine();
  const { files } = await benchSetup('embedded');
  const seconds = async (preset: string): Promise<number> => {
    const embedding = { id: 'resnet34-stand-in', path: STAND_IN, inputs: ['feats'], outputs: ['embs'] };
    const setup = { preset, files: { segmentation: files.segmentation, embedding, uses: [] } };
    const started = performance.now();
    await engine.run('diarize', { ...setup, options: {}, audio: { path: wav } });
    return (performance.now() - started) / 1000;
  };
  const [sherpa, exact, fast]: [number[], number[], number[]] = [[], [], []];
  try {
    await seconds('pyannote-3.1-fast');
    for (let round = 0; round < ROUNDS; round++) {
      sherpa.push(sherpaSeconds(wav));
      exact.push(await seconds('pyannote-3.1'));
      fast.push(await seconds('pyannote-3.1-fast'));
    }
  } finally {
    await engine.close();
  }
  const [peer, same, quick] = [median(sherpa), median(exact), median(fast)];
  return [
    {
      what: 'pyannote-3.1 (trunk once a window, pooled by mask) against sherpa-onnx-node 1.13, ResNet34 stand-in, five-speakers',
      target: 'not slower',
      measured: `${same.toFixed(1)} s against ${peer.toFixed(1)} s: ${(peer / same).toFixed(2)} × as fast`,
      met: same <= peer,
    },
    {
      what: 'pyannote-3.1-fast (one run of the trunk shared by windows) against sherpa-onnx-node',
      target: '≥ 4 × as fast',
      measured: `${quick.toFixed(1)} s against ${peer.toFixed(1)} s: ${(peer / quick).toFixed(2)} × as fast`,
      met: peer / quick >= 4,
    },
  ];
}

export const peerSherpa: Benchmark = { name: 'sherpa', measure };
