import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Observations } from '../../core/resolution/observations.ts';
import { readNpy, readNpz, toNumbers, type NpyArray } from './npy.ts';
import { sharedFolder } from './shared.ts';

/** Recordings of the original pyannote pipeline, stage by stage: what observation gave, and what came of it. */

const COMMITTED = join(import.meta.dirname, '../golden/resolution');

/** Chunks of 10 s every second on the frame grid of pyannote's segmentation models. */
const PYANNOTE_GRID = {
  chunkSamples: 160_000,
  chunkHopSamples: 16_000,
  frameGrid: { startSeconds: 0, durationSeconds: 0.0619375, stepSeconds: 0.016875 },
};

export type Ge2eRecording = {
  readonly name: string;
  readonly arrays: Record<string, NpyArray>;
  readonly observations: Observations;
  /** RTTM text: default, constrained assignment, exclusive. */
  readonly rttm: string;
  readonly constrainedRttm: string;
  readonly exclusiveRttm: string;
};

/** Every recording of `pyannote-ge2e` in the shared folder, else the committed ones. */
export function ge2eRecordings(): Ge2eRecording[] {
  const folder = folderOf('pyannote-ge2e');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.npz'))
    .sort()
    .map((file) => {
      const name = file.replace(/\.npz$/, '');
      const arrays = readNpz(join(folder, file));
      const text = (suffix: string): string => readFileSync(join(folder, `${name}${suffix}.rttm`), 'utf8');
      return {
        name,
        arrays,
        observations: observationsOf(
          arrays.segmentations!,
          arrays.embeddings,
          Number(arrays.num_samples!.data[0]),
        ),
        rttm: text(''),
        constrainedRttm: text('.constrained'),
        exclusiveRttm: text('.exclusive'),
      };
    });
}

export type CommunityRecording = {
  readonly name: string;
  readonly observations: Observations;
  /** Arrays by file and name. */
  readonly array: (file: string, name: string) => NpyArray;
  readonly initialLabels: Float64Array;
  readonly rttm: string;
};

/** Every folder of `pyannote-community-1` in the shared folder, else the committed ones. */
export function communityRecordings(): CommunityRecording[] {
  const root = folderOf('pyannote-community-1');
  return readdirSync(root)
    .filter((name) => existsSync(join(root, name, 'segmentations.npz')))
    .sort()
    .map((name) => {
      const array = (file: string, key: string): NpyArray => readNpz(join(root, name, `${file}.npz`))[key]!;
      const segmentations = array('segmentations', 'segmentations');
      return {
        name,
        array,
        // The length of the audio is not recorded: as long as the last chunk, which is what these conventions use.
        observations: observationsOf(
          segmentations,
          array('raw_embeddings', 'embeddings'),
          (segmentations.shape[0]! + 9) * 16_000,
        ),
        initialLabels: toNumbers(readNpy(join(root, name, 'ahc_init_labels.npy'))),
        rttm: readFileSync(join(root, name, 'reference.rttm'), 'utf8'),
      };
    });
}

/** The PLDA arrays that ship with the repository, by name. */
export function embeddedPldaArrays(): Record<string, ArrayLike<number>> {
  const folder = join(import.meta.dirname, '../../models/embedded/pyannote-community-1-plda');
  const arrays = { ...readNpz(join(folder, 'xvec_transform.npz')), ...readNpz(join(folder, 'plda.npz')) };
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, toNumbers(array)]));
}

function folderOf(name: string): string {
  const shared = join(sharedFolder, 'data', name);
  return existsSync(shared) ? shared : join(COMMITTED, name);
}

/** @param segmentations [chunks, frames, local speakers] of 0 and 1 */
function observationsOf(
  segmentations: NpyArray,
  embeddings: NpyArray | undefined,
  sampleCount: number,
): Observations {
  const [chunkCount, framesPerChunk, localSpeakerCount] = segmentations.shape as [number, number, number];
  const activity = new Uint8Array(chunkCount * framesPerChunk);
  for (let i = 0; i < segmentations.data.length; i += 1) {
    if (Number(segmentations.data[i]) === 1) {
      activity[Math.floor(i / localSpeakerCount)]! |= 1 << (i % localSpeakerCount);
    }
  }
  const embeddingDimension = embeddings?.shape[2] ?? 256;
  const missing = new Float32Array(chunkCount * localSpeakerCount * embeddingDimension).fill(NaN);
  return {
    ...PYANNOTE_GRID,
    sampleCount,
    chunkCount,
    framesPerChunk,
    localSpeakerCount,
    activity,
    embeddingDimension,
    embeddings: embeddings === undefined ? missing : (embeddings.data as Float32Array),
  };
}
