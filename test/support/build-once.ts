import { execFileSync } from 'node:child_process';

/** Builds `dist/` once before the tests: the engine child and the command are started from built files. */
export default function setup(): void {
  execFileSync('npx', ['tsup', '--silent'], { stdio: ['ignore', 'ignore', 'inherit'] });
}
