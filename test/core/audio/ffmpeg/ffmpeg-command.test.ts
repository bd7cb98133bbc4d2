import { spawn, type ChildProcess } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { FencedFfmpegCommand } from '../../../../core/audio/ffmpeg/ffmpeg-command.ts';

test('fluent-ffmpeg builds the arguments, our launcher starts the only process', async () => {
  const started: (readonly string[])[] = [];
  const launch = (args: readonly string[]): ChildProcess => {
    started.push(args);
    return spawn('/bin/echo', ['-n', 'sound'], { stdio: ['ignore', 'pipe', 'pipe'] });
  };
  const output = new PassThrough();
  const command = new FencedFfmpegCommand(launch)
    .input('file:/dev/fd/3')
    .inputOptions(['-t', '5'])
    .output(output)
    .outputOptions(['-c:a', 'pcm_f32le', '-f', 'wav']);
  const ended = new Promise((resolve, reject) => command.on('end', resolve).on('error', reject));
  command.run();
  let text = '';
  for await (const chunk of output) text += String(chunk);
  await ended;
  expect(text).toBe('sound');
  // A second entry would be `ffmpeg -formats` or `-encoders`: fluent-ffmpeg changed its hooks.
  expect(started).toEqual([['-t', '5', '-i', 'file:/dev/fd/3', '-c:a', 'pcm_f32le', '-f', 'wav', 'pipe:1']]);
});

test('a launcher that refuses becomes the error of the command', async () => {
  const command = new FencedFfmpegCommand(() => {
    throw new Error('not now');
  })
    .input('file:/dev/fd/3')
    .output(new PassThrough());
  const failed = new Promise<Error>((resolve) => command.on('error', resolve));
  command.run();
  expect((await failed).message).toBe('not now');
});
