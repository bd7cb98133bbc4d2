import { execFileSync } from 'node:child_process';

/**
 * Builds `dist/` once before the tests: the engine child and the command are started from built files.
 * `COLLOQUY_SKIP_BUILD=1` leaves it as it is, for quick runs of tests that need none of it.
 */
export default function setup(): void {
  if (process.env.COLLOQUY_SKIP_BUILD === '1') return;
  execFileSync('npx', ['tsup', '--silent'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, COLLOQUY_SKIP_TYPES: '1' },
  });
}
