import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { FitnessCheck } from './fitness.ts';

/** What a GPU must be like for the worker to be fit. */
export type GpuCheckOptions = {
  /** How many GPUs must be there. @default 1 */
  readonly count?: number;
  /** Memory that must be free on each, in bytes. @default none is asked for */
  readonly minFreeMemoryBytes?: number;
  /** Least version of the driver, as `550.54`. @default any */
  readonly minDriverVersion?: string;
  /** @default 30,000 ms, as the original worker waits */
  readonly timeoutMs?: number;
  /** The program that knows. @default nvidia-smi */
  readonly program?: string;
};

type Gpu = { readonly name: string; readonly freeBytes: number; readonly driver: string };

const FIELDS = 'name,memory.free,driver_version';

/**
 * GPUs of NVIDIA must be there and answer, with enough free memory: one that has fallen off its bus, or that another
 * process has filled, fails here and not in the middle of a job.
 */
export function gpuCheck(options: GpuCheckOptions = {}): FitnessCheck {
  const { count = 1, minFreeMemoryBytes = 0, minDriverVersion } = options;
  return {
    name: 'gpu',
    run: async () => {
      const gpus = await listGpus(options);
      if (gpus.length < count) throw new Error(`${gpus.length} GPUs answer, ${count} are needed.`);
      for (const { name, freeBytes, driver } of gpus) {
        if (freeBytes < minFreeMemoryBytes) {
          throw new Error(
            `${gigabytes(freeBytes)} GB of memory are free on ${name}, ${gigabytes(minFreeMemoryBytes)} GB are needed.`,
          );
        }
        if (minDriverVersion !== undefined && isOlder(driver, minDriverVersion)) {
          throw new Error(`The driver of ${name} is ${driver}; ${minDriverVersion} or newer is needed.`);
        }
      }
    },
  };
}

async function listGpus({ program = 'nvidia-smi', timeoutMs = 30_000 }: GpuCheckOptions): Promise<Gpu[]> {
  const args = [`--query-gpu=${FIELDS}`, '--format=csv,noheader,nounits'];
  const { stdout } = await promisify(execFile)(program, args, { timeout: timeoutMs }).catch(
    (error: unknown) => {
      const { killed } = error as { killed?: boolean };
      const problem = killed === true ? `does not answer within ${timeoutMs} ms` : 'is missing or fails';
      throw new Error(`The program ${program} ${problem}: there is no GPU to work with.`);
    },
  );
  return stdout
    .split('\n')
    .map((line) => line.split(',').map((field) => field.trim()))
    .filter((fields) => fields.length === 3)
    .map(([name, freeMebibytes, driver]) => ({
      name: name!,
      // A GPU that is ill says [N/A] or an error instead of a number.
      freeBytes: (Number(freeMebibytes) || 0) * 1024 ** 2,
      driver: driver!,
    }));
}

/** Compares versions number by number. */
function isOlder(version: string, wanted: string): boolean {
  const [have, need] = [version, wanted].map((text) => text.split('.').map(Number));
  for (const [index, least] of need!.entries()) {
    const part = have![index] ?? 0;
    if (part !== least) return !(part > least);
  }
  return false;
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}
