import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { batch } from './batch/batch.ts';
import { clusteringByEvidence } from './diarization/clustering-by-evidence.ts';
import { coldStart } from './cold-start.ts';
import { diarizationAblation } from './diarization/diarization-ablation.ts';
import { diarizationConditions } from './diarization/diarization-conditions.ts';
import { diarizationFamilies } from './diarization/diarization-families.ts';
import { diarizationQuality } from './diarization/diarization-quality.ts';
import { diarizationSpeed } from './diarization/diarization-speed.ts';
import { languages } from './transcription/languages.ts';
import { live } from './live.ts';
import { memory, transcriptionMemory } from './memory.ts';
import { page } from './page.ts';
import { peerFasterWhisper } from './transcription/peer-faster-whisper.ts';
import { peerSherpa, peerSherpaSameModels } from './transcription/peer-sherpa.ts';
import { runpod } from './runpod.ts';
import { speakerConditions } from './speakers/speaker-conditions.ts';
import { server } from './server.ts';
import { scaleClustering } from './diarization/scale-clustering.ts';
import { operatingPoints } from './speakers/speaker-operating-points.ts';
import { speakerMemory, speakers } from './speakers/speakers.ts';
import type { Benchmark, Row } from './support/row.ts';
import { tuneTrials } from './tune.ts';
import { transcriptionQuality } from './transcription/transcription-quality.ts';
import { transcriptionSpeed } from './transcription/transcription-speed.ts';

const BENCHMARKS: readonly Benchmark[] = [
  diarizationQuality,
  diarizationConditions,
  diarizationFamilies,
  scaleClustering,
  tuneTrials,
  diarizationAblation,
  clusteringByEvidence,
  diarizationSpeed,
  peerSherpa,
  peerSherpaSameModels,
  transcriptionQuality,
  transcriptionSpeed,
  peerFasterWhisper,
  languages,
  speakers,
  speakerConditions,
  operatingPoints,
  speakerMemory,
  live,
  runpod,
  server,
  batch,
  page,
  coldStart,
  memory,
  transcriptionMemory,
];
const root = join(import.meta.dirname, '..');

function sha256(file: string): string {
  return createHash('sha256')
    .update(readFileSync(join(root, file)))
    .digest('hex')
    .slice(0, 12);
}

function packageVersion(name: string): string {
  const text = readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** Where and with what the figures were made. */
function circumstances(): string {
  const commit = execFileSync('git', ['describe', '--always', '--dirty'], {
    cwd: root,
    encoding: 'utf8',
  }).trim();
  const processors = cpus();
  return [
    `${new Date().toISOString().slice(0, 10)}, commit ${commit}`,
    `${processors.length} × ${processors[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, onnxruntime-node ${packageVersion('onnxruntime-node')}`,
    `segmentation ${sha256('models/embedded/pyannote-segmentation-3.0/model.onnx')}, CAM++ ${sha256('models/embedded/campplus-zh-en/campplus-zh-en.fp16.onnx')}, GE2E ${sha256('models/embedded/ge2e/model.onnx')}`,
  ].join('; ');
}

function lineOf({ what, target, measured, met }: Row): string {
  return `| ${what} | ${target} | ${measured} | ${met === undefined ? '–' : met ? 'met' : '**missed**'} |`;
}

const { values, positionals } = parseArgs({
  options: { json: { type: 'string' }, only: { type: 'string' } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
if (unknown.length > 0) {
  throw new Error(`Unknown: ${unknown.join(', ')}. Known: ${BENCHMARKS.map(({ name }) => name).join(', ')}.`);
}
const chosen = BENCHMARKS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));

console.log(`${circumstances()}\n\n| what | target | measured | |\n| --- | --- | --- | --- |`);
const rows: Row[] = [];
for (const benchmark of chosen) {
  for (const row of await benchmark.measure(values.only?.split(','))) {
    console.log(lineOf(row));
    rows.push(row);
  }
}
if (values.json !== undefined) {
  writeFileSync(values.json, `${JSON.stringify({ circumstances: circumstances(), rows }, undefined, 2)}\n`);
}
