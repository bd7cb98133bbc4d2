import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';

/** The keys that the script makes. */
export const REAL_S3_KEYS = { accessKeyId: 'TESTKEY', secretAccessKey: 'TESTSECRET' } as const;

/** A real S3 server on loopback: one node of Ceph with its gateway, in memory. */
export type RealS3 = {
  readonly url: string;
  /** Kills the gateway, as kill -9 does; what it has acknowledged stays with the store behind it. */
  killGateway(): void;
  /** Starts the gateway again, and waits until it answers. */
  startGateway(): Promise<void>;
  stop(): void;
};

/** True where the programs are installed; else says how to have them. */
export function hasRealS3(): boolean {
  try {
    for (const program of ['radosgw', 'ceph-mon', 'ceph-osd'])
      execFileSync('which', [program], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn(
      'skipped: no radosgw (apt-get install -y --no-install-recommends radosgw ceph-mon ceph-osd ceph-common)',
    );
    return false;
  }
}

/** Starts the server; takes about 17 s on a quiet machine. @param script where benchmarks, which are bundled, find it */
export async function startRealS3(script = join(import.meta.dirname, 'start-rgw.sh')): Promise<RealS3> {
  const folder = mkdtempSync(join(tmpdir(), 'colloquy-rgw-'));
  const [monitor, gateway] = [await freePort(), await freePort()];
  const pidOf = (name: string): number => Number(readFileSync(join(folder, `${name}.pid`), 'utf8'));
  const kill = (name: string): void => {
    try {
      process.kill(pidOf(name), 'SIGKILL');
    } catch {
      // Not started, or gone already.
    }
  };
  const stop = (): void => {
    ['rgw', 'osd', 'mon'].forEach(kill);
    rmSync(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${gateway}`;
  try {
    // Its output would be held open by the servers that it leaves behind.
    const command = `"${script}" "${folder}" ${monitor} ${gateway} >"${folder}.out" 2>&1`;
    await promisify(execFile)('bash', ['-c', command]);
  } catch {
    stop();
    throw new Error('The S3 server of the test did not start.');
  } finally {
    rmSync(`${folder}.out`, { force: true });
  }
  return {
    url,
    stop,
    killGateway: () => kill('rgw'),
    startGateway: async () => {
      const args = `radosgw -f -n client.rgw.a -c "${folder}/ceph.conf" >/dev/null 2>&1 & echo $! >"${folder}/rgw.pid"`;
      await promisify(execFile)('bash', ['-c', args]);
      for (;;) {
        const reply = await fetch(url).catch(() => undefined);
        if (reply?.ok === true) return;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
  };
}
