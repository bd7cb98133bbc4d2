import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** What a child process may use. */
export type ProcessLimits = {
  readonly addressSpaceBytes: number;
  readonly cpuSeconds: number;
  /** Largest file that it may write; pipes do not count. */
  readonly fileBytes: number;
};

/** A command line, ready for `spawn`. */
export type CommandLine = { readonly command: string; readonly args: readonly string[] };

/** Puts limits in front of a command; each part is left out where the machine has no tool for it. */
export type ProcessFence = (line: CommandLine, limits: ProcessLimits) => CommandLine;

/**
 * Finds out which fences work here: `prlimit` (limits of the kernel) and `setpriv --pdeathsig KILL` (the child dies
 * with us even when we are killed). Both replace themselves by the command, so its process id is the one spawned.
 *
 * They are tried, not only looked for: BusyBox has a `setpriv` without that option, and a container may forbid
 * changing limits. macOS has neither.
 */
export async function findProcessFence(searchPath: string): Promise<ProcessFence> {
  const [prlimit, setpriv] = await Promise.all([
    findExecutable('prlimit', searchPath),
    findExecutable('setpriv', searchPath),
  ]);
  const [limitsWork, deathSignalWorks] = await Promise.all([
    runs(prlimit, ['--core=0'], searchPath),
    runs(setpriv, ['--pdeathsig', 'KILL'], searchPath),
  ]);
  return (line, limits) => {
    let fenced = line;
    if (setpriv !== undefined && deathSignalWorks) fenced = inFront(setpriv, ['--pdeathsig', 'KILL'], fenced);
    if (prlimit !== undefined && limitsWork) fenced = inFront(prlimit, limitOptions(limits), fenced);
    return fenced;
  };
}

/** Absolute path of a program, or `undefined`; a name with a slash is taken as it is. */
export async function findExecutable(name: string, searchPath: string): Promise<string | undefined> {
  const candidates = name.includes('/')
    ? [name]
    : searchPath.split(delimiter).map((folder) => join(folder, name));
  for (const candidate of candidates) {
    const found = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return candidate;
  }
  return undefined;
}

function limitOptions(limits: ProcessLimits): string[] {
  return [
    `--as=${limits.addressSpaceBytes}`,
    `--cpu=${limits.cpuSeconds}`,
    `--fsize=${limits.fileBytes}`,
    '--core=0',
  ];
}

function inFront(command: string, options: readonly string[], line: CommandLine): CommandLine {
  return { command, args: [...options, '--', line.command, ...line.args] };
}

/** True when this fence starts a command here. */
async function runs(
  fence: string | undefined,
  options: readonly string[],
  searchPath: string,
): Promise<boolean> {
  if (fence === undefined) return false;
  const child = spawn(fence, [...options, '--', 'true'], { stdio: 'ignore', env: { PATH: searchPath } });
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}
