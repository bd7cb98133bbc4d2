/** An error with its stack and its causes: for `COLLOQUY_DEBUG` alone, since it holds paths and what others wrote. */
export function debugText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${debugText(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
