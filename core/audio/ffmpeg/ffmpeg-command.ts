import type { ChildProcess } from 'node:child_process';
import FluentFfmpeg from 'fluent-ffmpeg';

/** Starts ffmpeg with these arguments; throws when it may not be started. */
export type LaunchFfmpeg = (args: readonly string[]) => ChildProcess;

type Lines = { readonly get: () => string; readonly callback: (onLine: (line: string) => void) => void };
type OnProcess = (child: ChildProcess, stdout: Lines, stderr: Lines) => void;
type OnEnd = (error: Error | null, stdout: Lines, stderr: Lines) => void;

/** What fluent-ffmpeg keeps of the output for its own messages: nothing. `FfmpegLog` reads stderr instead. */
const NO_LINES: Lines = { get: () => '', callback: () => undefined };

/** The function that fluent-ffmpeg exports is also the class; its types declare them apart. */
const FfmpegCommand = FluentFfmpeg as unknown as typeof FluentFfmpeg.FfmpegCommand;

/**
 * fluent-ffmpeg (2.1.3, its last version) with its process in our hands. It still builds the argument list and
 * connects the pipes; three of its methods are replaced:
 *
 * - `_spawnFfmpeg` starts ffmpeg with our whole environment (keys and all) and nothing in front of it. Here the
 *   given launcher does: explicit environment, prlimit, setpriv, extra file descriptors.
 * - `_checkCapabilities` and `availableEncoders` run `ffmpeg -formats` and `-encoders` first (0.1 s each) to
 *   look up names that are fixed here.
 *
 * `ffmpeg-command.test.ts` fails should another version no longer call them.
 */
export class FencedFfmpegCommand extends FfmpegCommand {
  readonly #launch: LaunchFfmpeg;

  constructor(launch: LaunchFfmpeg) {
    super();
    this.#launch = launch;
  }

  _spawnFfmpeg(args: readonly string[], _options: unknown, onProcess: OnProcess, onEnd: OnEnd): void {
    let child: ChildProcess;
    try {
      child = this.#launch(args);
    } catch (error) {
      onEnd(error as Error, NO_LINES, NO_LINES);
      return;
    }
    child.once('error', (error) => onEnd(error, NO_LINES, NO_LINES));
    child.once('close', (code) => {
      onEnd(code === 0 ? null : new Error(`ffmpeg ended with ${code}`), NO_LINES, NO_LINES);
    });
    onProcess(child, NO_LINES, NO_LINES);
  }

  _checkCapabilities(callback: (error: Error | null) => void): void {
    callback(null);
  }

  override availableEncoders(callback: FluentFfmpeg.EncodersCallback): void {
    callback(null as unknown as Error, {}); // the types forget that there may be no error
  }
}
