import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RealRedis, redisProgram, startRealRedis } from '../../../support/real-redis.ts';
import { endOf, runCli, startCli } from '../../../support/run-cli.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const SAMPLE = join(import.meta.dirname, '../../../../samples/two-speakers.wav');
const program = redisProgram();

describe.skipIf(program === undefined)('colloquy batch with a queue', () => {
  let redis: RealRedis;
  beforeAll(async () => {
    redis = await startRealRedis(program!);
  });
  afterAll(() => redis.stop());

  it('submits with one command, works with another, and stops at a signal', async () => {
    const folder = temporaryFolder();
    const [source, target] = [join(folder, 'in'), join(folder, 'out')];
    mkdirSync(source);
    copyFileSync(SAMPLE, join(source, 'a ü+1.wav'));
    writeFileSync(join(source, 'broken.mp3'), 'no sound');
    const environment = { COLLOQUY_QUEUE: redis.url };
    const worker = startCli(['batch', 'work', '--queue', '--json'], { environment });
    const worked = endOf(worker);
    const run = ['batch', 'run', source, '--to', target, '--job', 'diarize', '--format', 'rttm', '--queue'];
    const first = await runCli(run, { environment });
    expect(first.stderr).toContain('1 done');
    expect(first.code).toBe(7);
    expect(readFileSync(join(target, 'results', 'a ü+1.wav.rttm'), 'utf8')).toMatch(/^SPEAKER /);
    expect((await runCli(['batch', 'failed', target])).stdout).toContain('broken.mp3');
    const again = await runCli([...run, '--dry-run'], { environment });
    expect(again.stdout).toContain('0 to do');

    worker.kill('SIGTERM');
    const { stdout, stderr } = await worked;
    expect(stderr).not.toContain(redis.url);
    expect(stdout.match(/"type":"(done|dead)"/g)).toHaveLength(2);
  });

  it('says in one line that no store is there', async () => {
    const own = await startRealRedis(program!);
    await own.stop();
    const worker = startCli(['batch', 'work', '--queue', own.url]);
    const ended = endOf(worker);
    await once(worker, 'exit');
    const { code, stderr } = await ended;
    expect(code).toBe(5);
    expect(stderr).toMatch(/cannot be reached \(ECONNREFUSED\).*\[remote_failed\]\s*$/);
  });
});
