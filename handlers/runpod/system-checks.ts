import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import type { FitnessCheck } from './fitness.ts';

/** At least this much memory must be free, counting the limits of the container. */
export function memoryCheck(minBytes: number): FitnessCheck {
  return {
    name: 'memory',
    run: () => {
      const available = process.availableMemory();
      if (available >= minBytes) return;
      throw new Error(`${gigabytes(available)} GB of memory are free, ${gigabytes(minBytes)} GB are needed.`);
    },
  };
}

/** At least this share of the disk that holds `path` must be free. */
export function diskCheck(path: string, minPercent: number): FitnessCheck {
  return {
    name: 'disk',
    run: async () => {
      const disk = await statfs(path);
      const freePercent = (100 * disk.bavail) / disk.blocks;
      if (freePercent >= minPercent) return;
      throw new Error(`${freePercent.toFixed(1)} % of the disk are free, ${minPercent} % are needed.`);
    },
  };
}

/** A TCP connection to this address must come about in time. Nothing is sent. */
export function networkCheck(host: string, port: number, timeoutMs: number): FitnessCheck {
  return {
    name: 'network',
    run: () =>
      new Promise((resolve, reject) => {
        const socket = connect({ host, port, timeout: timeoutMs });
        const fail = (): void => {
          socket.destroy();
          reject(new Error(`No connection to port ${port} of ${host} within ${timeoutMs} ms.`));
        };
        socket.once('timeout', fail).once('error', fail);
        socket.once('connect', () => {
          socket.destroy();
          resolve();
        });
      }),
  };
}

/** A program such as ffmpeg must start and end well. */
export function programCheck(program: string, args: readonly string[]): FitnessCheck {
  return {
    name: program,
    run: async () => {
      try {
        await promisify(execFile)(program, [...args], { timeout: 10_000 });
      } catch {
        throw new Error(`The program ${program} is missing or does not start.`);
      }
    },
  };
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}
