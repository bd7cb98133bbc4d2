import { execFile } from 'node:child_process';

export type ProgramRun = { readonly code: number; readonly stdout: string; readonly stderr: string };

export type ProgramOptions = {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** @default 170 s, a little less than a test may take */
  readonly timeoutMs?: number;
};

/** Runs a program to its end and tells how it ended; never rejects. */
export function runProgram(
  program: string,
  args: readonly string[],
  { cwd, env, timeoutMs = 170_000 }: ProgramOptions = {},
): Promise<ProgramRun> {
  return new Promise((resolve) => {
    const options = { cwd, env, timeout: timeoutMs, maxBuffer: 64 * 2 ** 20 };
    execFile(program, [...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });
}
