import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** True while a process runs; a zombie, which still answers signals, counts as gone. */
export function isRunning(processId: number): boolean {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z';
  } catch {
    return false;
  }
}

/** Ids of the running children of a process. */
export function childrenOf(processId: number): number[] {
  try {
    const list = readFileSync(`/proc/${processId}/task/${processId}/children`, 'utf8');
    return list.split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Memory that a process holds at the moment, in bytes (Linux). */
export function residentBytes(processId: number): number {
  const status = readFileSync(`/proc/${processId}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
}

/** Waits until something holds; fails with `what` after ten seconds. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) {
    if (holds()) return;
    await sleep(20);
  }
  throw new Error(`Waited in vain until ${what}.`);
}
