/**
 * How long `resolve` takes on long recordings, what memory it needs, and what reducing costs in labels.
 *
 *   npx esbuild bench/diarization/clustering.ts --bundle --platform=node --format=esm --outfile=node_modules/.cache/clustering.mjs
 *   node node_modules/.cache/clustering.mjs [HOURS …]
 *
 * Recordings are made up (test/support/made-up-recording.ts). Voices are random directions, or the five centroids of
 * the recorded conversation `pyannote-ge2e/five-speakers` where the shared folder is there.
 */
import { existsSync } from 'node:fs';
import {
  DEFAULT_AGGLOMERATIVE_OPTIONS,
  DEFAULT_RESOLUTION_OPTIONS,
  type ResolutionOptions,
} from '../../core/resolution/resolution-options.ts';
import { resolve } from '../../core/resolution/resolve.ts';
import {
  agreement,
  makeUpRecording,
  randomVoices,
  REAL_NOISE,
  unit,
} from '../../test/support/made-up-recording.ts';
import { readNpz, toNumbers } from '../../test/support/npy.ts';
import { sharedFolder } from '../../test/support/shared.ts';

const DIMENSION = 256;

function recordedVoices(): Float64Array[] | undefined {
  const path = `${sharedFolder}/data/pyannote-ge2e/five-speakers.npz`;
  if (!existsSync(path)) return undefined;
  const centroids = toNumbers(readNpz(path).centroids!);
  return Array.from({ length: centroids.length / DIMENSION }, (_, voice) =>
    unit(centroids.slice(voice * DIMENSION, (voice + 1) * DIMENSION)),
  );
}

/** What `resolve` does with the embedded preset's clustering. */
function optionsWith(maxLinkedVectors: number): ResolutionOptions {
  return {
    ...DEFAULT_RESOLUTION_OPTIONS,
    clustering: {
      ...DEFAULT_AGGLOMERATIVE_OPTIONS,
      threshold: 0.75,
      maxTogetherShare: 0.2,
      maxLinkedVectors,
    },
    minAloneShare: 0.05,
  };
}

const MEBIBYTE = 2 ** 20;

function main(): void {
  const hours = process.argv.slice(2).map(Number);
  const sets: [string, readonly Float64Array[]][] = [
    ['random voices', randomVoices(5, 7)],
    ['GE2E voices', recordedVoices() ?? randomVoices(5, 8)],
  ];
  console.log('labels: exact against reduced, and against the truth');
  for (const [name, voices] of sets) {
    const { observations, truth } = makeUpRecording({ seconds: 3_000, voices, noise: REAL_NOISE, seed: 1 });
    const exact = resolve(observations, optionsWith(8_000)).stages!;
    for (const maxVectors of [4_000, 2_000, 1_000, 500]) {
      const reduced = resolve(observations, optionsWith(maxVectors)).stages!;
      const active = [...truth.keys()].filter((row) => truth[row]! >= 0);
      const pick = (labels: Int32Array): Int32Array => Int32Array.from(active, (row) => labels[row]!);
      console.log(
        `${name}: ${exact.trainingRows.length} to ${maxVectors} vectors: same ${(100 * agreement(pick(exact.assigned), pick(reduced.assigned))).toFixed(3)} %,`,
        `right ${(100 * agreement(pick(truth), pick(reduced.assigned))).toFixed(3)} % (exact ${(100 * agreement(pick(truth), pick(exact.assigned))).toFixed(3)} %),`,
        `clusters ${exact.clusters.centroids.rows} and ${reduced.clusters.centroids.rows}`,
      );
    }
  }
  for (const hour of hours.length > 0 ? hours : [1, 10]) {
    for (const [name, voices] of sets) {
      const { observations, truth } = makeUpRecording({
        seconds: hour * 3600,
        voices,
        noise: REAL_NOISE,
        seed: 2,
      });
      const before = process.memoryUsage().rss;
      let peak = before;
      const cpuBefore = process.cpuUsage();
      const started = performance.now();
      const onTick = (): void => void (peak = Math.max(peak, process.memoryUsage.rss()));
      const resolution = resolve(observations, optionsWith(DEFAULT_AGGLOMERATIVE_OPTIONS.maxLinkedVectors), {
        onTick,
      });
      const seconds = (performance.now() - started) / 1000;
      const { user, system } = process.cpuUsage(cpuBefore);
      peak = Math.max(peak, process.memoryUsage().rss);
      const { trainingRows, assigned, clusters } = resolution.stages!;
      const active = [...truth.keys()].filter((row) => truth[row]! >= 0);
      const right = agreement(
        Int32Array.from(active, (row) => truth[row]!),
        Int32Array.from(active, (row) => assigned[row]!),
      );
      console.log(
        `${hour} h, ${name}: ${trainingRows.length} training embeddings, ${seconds.toFixed(1)} s (${((user + system) / 1e6).toFixed(1)} s of processor time),`,
        `RSS ${Math.round(before / MEBIBYTE)} MB before, ${Math.round(peak / MEBIBYTE)} MB at most,`,
        `${clusters.centroids.rows} clusters, ${resolution.speakers.length} speakers, ${(100 * right).toFixed(2)} % of local speakers right`,
      );
    }
  }
}

if (process.argv[1]?.endsWith('clustering.mjs')) main();
