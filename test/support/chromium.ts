import { existsSync } from 'node:fs';

/** Debian's browser, and what others call it. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser of this machine that tests of the page drive; there is none in CI. */
export const chromiumPath: string | undefined =
  process.env.CI === undefined ? PLACES.find((path) => existsSync(path)) : undefined;

/** Says once why tests of the page were left out. */
export function sayWithoutChromium(): void {
  if (chromiumPath === undefined)
    process.stderr.write('Tests of the page are left out: no Chromium (apt-get install chromium), or CI.\n');
}
