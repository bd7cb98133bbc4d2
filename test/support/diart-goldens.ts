import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readNpz, type NpyArray } from './npy.ts';
import { sharedFolder } from './shared.ts';

/** Recorded runs of diart 0.9.2: all of the shared folder, else the committed ones. */
const shared = join(sharedFolder, 'data', 'diart-golden');
const folder = existsSync(shared) ? shared : join(import.meta.dirname, '../golden/live/diart');

/** Settings of the recorded sets; those of `manifest.json`. */
const SETS = {
  A: { tauActive: 0.6, rhoUpdate: 0.3, deltaNew: 1, maxSpeakers: 20 },
  B: { tauActive: 0.507, rhoUpdate: 0.006, deltaNew: 1.057, maxSpeakers: 20 },
  C: { tauActive: 0.6, rhoUpdate: 0.1, deltaNew: 0.2, maxSpeakers: 20 },
  D: { tauActive: 0.6, rhoUpdate: 0.1, deltaNew: 0.2, maxSpeakers: 4 },
} as const;

export type DiartTrace = {
  /** `recording.set.latency`. */
  readonly name: string;
  readonly recording: string;
  readonly settings: (typeof SETS)[keyof typeof SETS] & { readonly latencySeconds: number };
  /** Array that all sets and latencies share, that all latencies of a set share, and of this trace alone. */
  readonly input: (key: string) => NpyArray;
  readonly ofSet: (key: string) => NpyArray;
  readonly own: (key: string) => NpyArray;
  readonly rttm: string;
  /** What diart's command writes, only where it differs. */
  readonly writerRttm: string | undefined;
};

/** Hand-made cases of one block. */
export function diartUnits(name: string): unknown {
  return JSON.parse(readFileSync(join(folder, 'units', `${name}.json`), 'utf8'));
}

export function diartTraces(): DiartTrace[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.npz'));
  return files.sort().flatMap((file) => {
    const recording = file.replace(/\.npz$/, '');
    const arrays = readNpz(join(folder, file));
    return Object.keys(arrays)
      .filter((key) => key.endsWith('_turns'))
      .sort()
      .map((key) => traceOf(recording, arrays, key.slice(0, -'_turns'.length)));
  });
}

function traceOf(recording: string, arrays: Record<string, NpyArray>, key: string): DiartTrace {
  const [set, latency] = key.split('_') as [keyof typeof SETS, string];
  const name = `${recording}.${set}.${latency}`;
  const first = (...keys: string[]): NpyArray => arrays[keys.find((each) => each in arrays)!]!;
  const written = join(folder, 'rttm-writer', `${name}.rttm`);
  return {
    name,
    recording,
    settings: { ...SETS[set], latencySeconds: Number(latency) },
    input: (array) => first(array, `${latency}_${array}`),
    ofSet: (array) => first(`${set}_${array}`, `${key}_${array}`),
    own: (array) => arrays[`${key}_${array}`]!,
    rttm: readFileSync(join(folder, 'rttm', `${name}.rttm`), 'utf8'),
    writerRttm: existsSync(written) ? readFileSync(written, 'utf8') : undefined,
  };
}
