/**
 * Diarizes one WAV with sherpa-onnx-node on two threads and prints the seconds, models loaded, and the turns.
 *
 *   node run-sherpa.mjs WAV EMBEDDING_MODEL FRAMEWORK DIMENSION SPEAKERS
 *
 * FRAMEWORK says how the model is fed: wespeaker or 3d-speaker. SPEAKERS is their number, or -1: found by its threshold.
 *
 * It wants its settings as metadata inside the model files: appended here to copies (ModelProto.metadata_props, field 14).
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [wav, embeddingModel, framework, dimension, speakers] = process.argv.slice(2);
const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const sherpa = createRequire(import.meta.url)('sherpa-onnx-node');

function varint(value) {
  const bytes = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

const field = (number, bytes) => Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);

function withMetadata(model, copy, metadata) {
  const entries = Object.entries(metadata).map(([key, value]) =>
    field(14, Buffer.concat([field(1, Buffer.from(key)), field(2, Buffer.from(String(value)))])),
  );
  writeFileSync(copy, Buffer.concat([readFileSync(model), ...entries]));
  return copy;
}

const folder = mkdtempSync(join(tmpdir(), 'colloquy-sherpa-'));
try {
  const segmentation = withMetadata(
    join(root, 'models/embedded/pyannote-segmentation-3.0/model.onnx'),
    join(folder, 'segmentation.onnx'),
    {
      model_type: 'pyannote-segmentation-3.0',
      version: 1,
      num_speakers: 3,
      powerset_max_classes: 2,
      num_classes: 7,
      sample_rate: 16000,
      window_size: 160000,
      receptive_field_size: 991,
      receptive_field_shift: 270,
    },
  );
  const embedding = withMetadata(embeddingModel, join(folder, 'embedding.onnx'), {
    framework,
    language: 'English',
    url: 'none',
    comment: 'benchmark',
    sample_rate: 16000,
    output_dim: Number(dimension),
    normalize_samples: framework === '3d-speaker' ? 1 : 0,
    ...(framework === '3d-speaker' ? { feature_normalize_type: 'global-mean' } : {}),
  });
  const diarizer = new sherpa.OfflineSpeakerDiarization({
    segmentation: { pyannote: { model: segmentation }, numThreads: 2 },
    embedding: { model: embedding, numThreads: 2 },
    clustering: { numClusters: Number(speakers), threshold: 0.5 },
    minDurationOn: 0.3,
    minDurationOff: 0.5,
  });
  const { samples } = sherpa.readWave(wav);
  const started = performance.now();
  const turns = diarizer.process(samples);
  const seconds = (performance.now() - started) / 1000;
  console.log(
    JSON.stringify({
      seconds,
      turns: turns.map(({ start, end, speaker }) => ({
        startSeconds: start,
        endSeconds: end,
        speaker: String(speaker),
      })),
    }),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
