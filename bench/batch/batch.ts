/**
 * Many recordings: the targets of batch processing by their numbers, and what becomes of a batch while things break. Parts:
 * planner, overhead, queue, kills, s3.
 */
import { join } from 'node:path';
import { hasRealS3, startRealS3 } from '../../test/support/real-s3.ts';
import { redisProgram, startRealRedis, type RealRedis } from '../../test/support/real-redis.ts';
import type { Benchmark, Row } from '../support/row.ts';
import { overhead } from './overhead-row.ts';
import { aMillion, everybodysFault, thirdRun } from './planner-rows.ts';
import { costOfJobs, kills } from './queue-rows.ts';
import { storeChaos } from './store-chaos.ts';

const PARTS: Readonly<Record<string, () => Promise<Row[]>>> = {
  planner: async () => [await thirdRun(), await aMillion(), await everybodysFault()],
  overhead: () => Promise.resolve([overhead()]),
  queue: () => withRedis(costOfJobs),
  kills: () => withRedis(kills),
  s3: withS3,
};

export const batch: Benchmark = {
  name: 'batch',
  measure: async (only = Object.keys(PARTS)) => {
    const rows: Row[] = [];
    for (const name of only) rows.push(...((await PARTS[name]?.()) ?? []));
    return rows;
  },
};

async function withRedis(measure: (redis: RealRedis) => Promise<Row[]>): Promise<Row[]> {
  const program = redisProgram();
  if (program === undefined) return [];
  const redis = await startRealRedis(program);
  try {
    return await measure(redis);
  } finally {
    await redis.stop();
  }
}

async function withS3(): Promise<Row[]> {
  if (!hasRealS3()) return [];
  const server = await startRealS3(join(import.meta.dirname, '../test/support/start-rgw.sh'));
  try {
    return await storeChaos(server);
  } finally {
    server.stop();
  }
}
