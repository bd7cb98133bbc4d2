/** How long clustering over scales takes on two hours of speech, and what memory. Voices are made up: four, with noise. */
import { clusterScales } from '../../core/resolution/nme-spectral/cluster-scales.ts';
import type { MultiScaleEmbeddings } from '../../core/resolution/nme-spectral/scale-embeddings.ts';
import { cutRegion, type Scale } from '../../core/resolution/nme-spectral/sub-segments.ts';
import { createRandom } from '../../core/math/random.ts';
import { findPreset } from '../../core/diarization/presets.ts';
import type { Benchmark, Row } from '../support/row.ts';

const SECONDS = 7_200;
const TURN_SECONDS = 6;
const VOICES = 4;
const DIMENSION = 192;
const SECONDS_TARGET = 30;
const MEBIBYTES_TARGET = 500;

export const scaleClustering: Benchmark = {
  name: 'long-scales',
  measure: () => Promise.resolve([measure('meeting')]),
};

function measure(name: string): Row {
  const { encoder, resolution } = findPreset(name);
  if (encoder.kind !== 'scales' || resolution.clustering.method !== 'nme-spectral') throw new Error(name);
  const embeddings = madeUp(encoder.rules.scales);
  const before = process.memoryUsage.rss();
  const usedBefore = process.cpuUsage();
  const { labels } = clusterScales(embeddings, resolution.clustering);
  const { user, system } = process.cpuUsage(usedBefore);
  // Of the whole process, so what the recording itself takes is in it.
  const peak = process.resourceUsage().maxRSS / 1024;
  const seconds = (user + system) / 1e6;
  return {
    what: `${name}: clustering of 2 h, ${labels.length} segments: processor time, most memory of the process (${Math.round(before / 2 ** 20)} MiB before)`,
    target: `< ${SECONDS_TARGET} s, < ${MEBIBYTES_TARGET} MB`,
    measured: `${seconds.toFixed(1)} s, ${Math.round(peak)} MiB, ${new Set(labels).size} of ${VOICES} voices`,
    met: seconds < SECONDS_TARGET && peak < MEBIBYTES_TARGET,
  };
}

function madeUp(scales: readonly Scale[]): MultiScaleEmbeddings {
  const random = createRandom(3);
  const whole = { startSeconds: 0, endSeconds: SECONDS };
  return {
    weights: scales.map(() => 1),
    scales: scales.map((scale) => {
      const segments = cutRegion(whole, scale);
      const data = new Float32Array(segments.length * DIMENSION);
      segments.forEach(({ startSeconds, durationSeconds }, row) => {
        const voice = Math.floor((startSeconds + durationSeconds / 2) / TURN_SECONDS) % VOICES;
        for (let k = 0; k < DIMENSION; k++)
          data[row * DIMENSION + k] = (k % VOICES === voice ? 0.1 : 0) + 0.25 * (random() - 0.5);
      });
      return {
        startSeconds: Float32Array.from(segments, (segment) => segment.startSeconds),
        endSeconds: Float32Array.from(segments, (segment) => segment.startSeconds + segment.durationSeconds),
        vectors: { data, rows: segments.length, columns: DIMENSION },
      };
    }),
  };
}
