import { build } from '../../infra/tooling/build.mjs';

/**
 * Builds `dist/` before the tests where a source is newer: the engine child and the command are started from built
 * files. `COLLOQUY_SKIP_BUILD=1` leaves it as it is, for quick runs of tests that need none of it.
 */
export default function setup(): void {
  if (process.env.COLLOQUY_SKIP_BUILD !== '1') build();
}
