import { existsSync } from 'node:fs';

/**
 * The working folder of this process, or another where somebody has deleted it since: Node starts neither a process nor
 * a thread in a folder that is gone. The name of a folder is remembered by Node, so that only a look at the disk tells.
 */
export function workingFolder(other: string): string {
  try {
    const folder = process.cwd();
    return existsSync(folder) ? folder : other;
  } catch {
    return other;
  }
}
