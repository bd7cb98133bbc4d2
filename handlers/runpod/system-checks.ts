import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { DependencyError } from '../../core/errors.ts';
import type { FitnessCheck } from './fitness.ts';

/**
 * The checks of the machine that the variables of the original worker ask for: memory (`RUNPOD_MIN_MEMORY_GB`, 4),
 * disk (`RUNPOD_MIN_DISK_PERCENT`, 10) and a connection to the platform itself (`RUNPOD_NETWORK_CHECK_TIMEOUT`, 5 s;
 * 0 leaves it out). None with `RUNPOD_SKIP_AUTO_SYSTEM_CHECKS=true`.
 *
 * @throws DependencyError `configuration_invalid` naming a variable that is no number
 */
export function parseSystemChecks(env: Readonly<Record<string, string | undefined>>): FitnessCheck[] {
  if (env.RUNPOD_SKIP_AUTO_SYSTEM_CHECKS === 'true') return [];
  const minMemoryGigabytes = numberOf(env, 'RUNPOD_MIN_MEMORY_GB', 4);
  const minDiskPercent = numberOf(env, 'RUNPOD_MIN_DISK_PERCENT', 10);
  const networkSeconds = numberOf(env, 'RUNPOD_NETWORK_CHECK_TIMEOUT', 5);
  const checks = [memoryCheck(minMemoryGigabytes * 1e9), diskCheck('/', minDiskPercent)];
  const platform = env.RUNPOD_WEBHOOK_GET_JOB;
  if (platform === undefined || platform === '' || networkSeconds === 0) return checks;
  const { hostname, port, protocol } = new URL(platform);
  const usualPort = protocol === 'https:' ? 443 : 80;
  return [...checks, networkCheck(hostname, port === '' ? usualPort : Number(port), networkSeconds * 1000)];
}

function numberOf(env: Readonly<Record<string, string | undefined>>, name: string, usual: number): number {
  const text = env[name];
  if (text === undefined || text === '') return usual;
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  throw new DependencyError(
    'configuration_invalid',
    `${name} must be a number of at least 0, not ${JSON.stringify(text)}.`,
  );
}

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
