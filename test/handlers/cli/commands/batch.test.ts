import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../../support/run-cli.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const SAMPLE = join(import.meta.dirname, '../../../../samples/two-speakers.wav');

describe('colloquy batch', () => {
  it('works off a folder once, goes on after a loss, and tells what failed', async () => {
    const folder = temporaryFolder();
    const [source, target] = [join(folder, 'in'), join(folder, 'out')];
    mkdirSync(join(source, 'calls'), { recursive: true });
    copyFileSync(SAMPLE, join(source, 'calls', 'a ü+1.wav'));
    writeFileSync(join(source, 'broken.mp3'), 'no sound');
    writeFileSync(join(source, 'notes.txt'), 'not a recording');
    const run = ['batch', 'run', source, '--to', target, '--job', 'diarize', '--format', 'rttm,json'];

    const dry = await runCli([...run, '--dry-run', '--price-per-hour', '1']);
    expect(dry.code).toBe(0);
    expect(dry.stdout).toContain('2 to do');
    expect(existsSync(target)).toBe(false);

    const first = await runCli([...run, '--json']);
    expect(first.code).toBe(7);
    const events = first.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; name: string });
    expect(events.map(({ type, name }) => [type, name]).sort()).toEqual([
      ['dead', 'broken.mp3'],
      ['done', 'calls/a ü+1.wav'],
    ]);
    const rttm = join(target, 'results', 'calls', 'a ü+1.wav.rttm');
    expect(readFileSync(rttm, 'utf8')).toMatch(/^SPEAKER /);

    // The mark that files are out is lost: they are written again, from the result, without any model.
    const ends = join(target, '.colloquy', readdirSync(join(target, '.colloquy'))[0]!, 'ends');
    const mark = (readdirSync(ends, { recursive: true }) as string[]).find((path) =>
      path.endsWith('published'),
    )!;
    rmSync(join(ends, mark));
    rmSync(rttm);
    const second = await runCli(run);
    expect(second.stderr).toContain('1 done, 1 were done before');
    expect(existsSync(rttm)).toBe(true);

    const status = await runCli(['batch', 'status', target, '--json']);
    expect(JSON.parse(status.stdout)).toMatchObject({ done: 1, dead: 1, unpublished: 0 });
    const failed = await runCli(['batch', 'failed', target, '--csv']);
    expect(failed.stdout).toMatch(/^input,code,attempts,message\r\nbroken.mp3,unsupported_audio,1,/);
    expect((await runCli(['batch', 'retry', target])).stdout).toContain('1 will be tried again');
    expect((await runCli([...run, '--dry-run'])).stdout).toContain('1 to do');
  });

  it.each([
    [['run', 'nowhere', '--to', 'out'], 'There is no such SOURCE'],
    [['run', '.', '--to', '.'], 'the same place'],
    [['run', '.', '--to', '..'], 'inside TARGET'],
    [['run', 'gs://bucket', '--to', 'out'], 'an address of the kind gs:'],
    [['run', '.', '--to', 'out', '--format', 'nope'], 'nope'],
    [['run', '.', '--to', 'out', '--shard', '3/3'], 'INDEX/COUNT'],
    [['run', '.'], '--to'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await runCli(['batch', ...args], { cwd: temporaryFolder() });
    expect(code).not.toBe(0);
    expect(stderr).toContain(message);
  });
});
