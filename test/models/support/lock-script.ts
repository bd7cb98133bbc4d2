import { appendFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { withFileLock } from '../../../models/file-lock.ts';

/**
 * Enters and leaves a lock many times, noting both in a journal: arguments are lock, journal, times, and how long to
 * stay inside. With 0 times it enters once and stays until it is killed.
 */
const [lock, journal, times, holdMs] = process.argv.slice(2).map((value) => JSON.parse(value) as unknown) as [
  string,
  string,
  number,
  number,
];
for (let round = 0; round < Math.max(times, 1); round++) {
  await withFileLock(
    lock,
    async () => {
      appendFileSync(journal, `in ${process.pid}\n`);
      await delay(times === 0 ? 600_000 : holdMs);
      appendFileSync(journal, `out ${process.pid}\n`);
    },
    { pollMs: 2 },
  );
}
