import { type ChildProcess, spawn } from 'node:child_process';
import { PassThrough, type Readable } from 'node:stream';
import { FencedFfmpegCommand } from './ffmpeg-command.ts';
import { FfmpegLog } from './ffmpeg-log.ts';
import type { CommandLine } from './process-fence.ts';

/** How a process ended; `startError` when it never ran. */
export type ProcessExit = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly startError: Error | undefined;
};

export type FfmpegProcess = {
  /** Standard output. */
  readonly output: AsyncIterable<Uint8Array>;
  readonly log: FfmpegLog;
  /** Settles when the process is gone and its pipes are empty; never rejects. */
  readonly exit: Promise<ProcessExit>;
  /** Kills the process and waits until it is gone. */
  readonly stop: () => Promise<void>;
  /** True once `stop` was called. */
  readonly stopped: () => boolean;
};

export type FfmpegProcessOptions = {
  /** An open file, which ffmpeg sees as `/dev/fd/3` and may seek in; or bytes for its standard input. */
  readonly input: number | Readable;
  readonly inputOptions: readonly string[];
  readonly outputOptions: readonly string[];
  /** Puts the program and its fences in front of the arguments. */
  readonly commandLine: (args: readonly string[]) => CommandLine;
  readonly searchPath: string;
};

/**
 * Starts ffmpeg. It sees one open file or one pipe, no name from outside, no environment but `PATH` and the
 * locale, no shell, the root folder as its place, and no input from the terminal.
 */
export function startFfmpeg(options: FfmpegProcessOptions): FfmpegProcess {
  const { input, commandLine, searchPath } = options;
  const fromFile = typeof input === 'number';
  const log = new FfmpegLog();
  // No close event: fluent-ffmpeg takes it as a reason to kill ffmpeg, which may still be saying goodbye.
  const output = new PassThrough({ emitClose: false });
  let child: ChildProcess | undefined;
  let stopped = false;
  let settle: (exit: ProcessExit) => void;
  const exit = new Promise<ProcessExit>((resolve) => (settle = resolve));

  const launch = (args: readonly string[]): ChildProcess => {
    if (stopped) throw new Error('stopped before its start');
    const line = commandLine(args);
    child = spawn(line.command, line.args, {
      stdio: fromFile ? ['ignore', 'pipe', 'pipe', input] : ['pipe', 'pipe', 'pipe'],
      env: { PATH: searchPath, LC_ALL: 'C', AV_LOG_FORCE_NOCOLOR: '1' },
      cwd: '/',
    });
    child.stderr!.setEncoding('utf8').on('data', (text: string) => log.push(text));
    child.once('close', (code, signal) => {
      log.finish();
      settle({ code, signal, startError: undefined });
    });
    return child;
  };

  new FencedFfmpegCommand(launch)
    .input(fromFile ? 'file:/dev/fd/3' : input)
    .inputOptions([...options.inputOptions])
    .output(output)
    .outputOptions([...options.outputOptions])
    .on('error', (error: Error) => {
      // Only for a process that never was; all else ends with the close event above.
      if (child?.pid !== undefined) return;
      settle({ code: null, signal: null, startError: error });
      output.end();
    })
    .run();

  const stop = async (): Promise<void> => {
    stopped = true;
    child?.kill('SIGKILL');
    // Output that nobody reads any more would keep the pipes open, and the close event away.
    child?.stdout?.destroy();
    child?.stderr?.destroy();
    if (typeof input !== 'number') input.destroy();
    await exit;
  };
  return { output, log, exit, stop, stopped: () => stopped };
}
