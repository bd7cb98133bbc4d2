import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.ts';

/** A Valkey or Redis of the test's own, on loopback, that keeps what it has acknowledged. */
export type RealRedis = {
  readonly url: string;
  readonly pid: () => number;
  /** As kill -9 does. */
  kill(): Promise<void>;
  /** Again, with what it had. */
  start(): Promise<void>;
  stop(): Promise<void>;
};

const PROGRAMS = ['valkey-server', 'redis-server'];

/** The installed program; says how to have one where there is none, and fails where services are required. */
export function redisProgram(): string | undefined {
  for (const program of PROGRAMS) {
    try {
      execFileSync('which', [program], { stdio: 'ignore' });
      return program;
    } catch {
      // The other one.
    }
  }
  if (process.env.COLLOQUY_REQUIRE_SERVICES === '1')
    throw new Error('Expected redis-server or valkey-server.');
  console.warn('skipped: no Valkey or Redis (apt-get install -y --no-install-recommends redis-server)');
  return undefined;
}

export async function startRealRedis(program: string, more: readonly string[] = []): Promise<RealRedis> {
  const [port, folder] = [await freePort(), mkdtempSync(join(tmpdir(), 'colloquy-redis-'))];
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  args.push('--appendonly', 'yes', '--maxmemory-policy', 'noeviction', ...more);
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    child = spawn(program, args, { stdio: 'ignore' });
    for (let tries = 0; !(await answers(port)); tries += 1) {
      if (tries > 200) throw new Error(`${program} did not start.`);
      await delay(50);
    }
  };
  await start();
  const kill = async (): Promise<void> => {
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    pid: () => child!.pid!,
    start,
    kill,
    stop: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    const end = (isThere: boolean): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket.on('connect', () => socket.write('PING\r\n'));
    // Loading what it has kept, or a password that is wanted: it is there all the same once it says something else.
    socket.on('data', (reply) => end(!reply.toString().includes('LOADING')));
    socket.on('error', () => end(false));
  });
}
