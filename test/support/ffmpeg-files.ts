import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.ts';

/** A folder of the running test in which ffmpeg makes one file from another. */
export class FfmpegFiles {
  readonly #folder = temporaryFolder();

  path(name: string): string {
    return join(this.#folder, name);
  }

  write(name: string, bytes: Uint8Array): string {
    writeFileSync(this.path(name), bytes);
    return this.path(name);
  }

  read(name: string): Uint8Array {
    return new Uint8Array(readFileSync(this.path(name)));
  }

  /** Runs ffmpeg in the folder; the last argument is the file that it makes. */
  make(...args: readonly string[]): string {
    execFileSync('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args], {
      cwd: this.#folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return this.path(args.at(-1)!);
  }
}
