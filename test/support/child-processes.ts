import { readdirSync, readFileSync } from 'node:fs';

/** Command lines of the live children of this process (Linux); zombies do not count. */
export function childProcesses(): string[] {
  const children: string[] = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      if (Number(parent) !== process.pid || state === 'Z') continue;
      children.push(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '));
    } catch {
      // Ended while we looked.
    }
  }
  // vitest and tsx keep an esbuild service.
  return children.filter((command) => !command.includes('esbuild'));
}
