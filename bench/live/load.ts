/** How much live work two cores carry: streams side by side, beside an offline job, for hours, and with slow readers. */
import type { Engine } from '../../core/engine/engine.ts';
import { openStore } from '../../handlers/setup/composition.ts';
import { readConfig } from '../../handlers/setup/config.ts';
import { diarizeRequest } from '../../handlers/work/requests/diarize-request.ts';
import type { LiveStartParsed } from '../../sdk/live/client-message.ts';
import { wavOf } from '../support/recordings.ts';
import { quantile, type Row } from '../support/row.ts';
import { type PacedRun, runPaced, samplesOf } from './paced-streams.ts';
import { hearLong, LONG_MINUTES } from './long-stream.ts';

const MOST_LAG_MS = 250;
const SECONDS = Number(process.env.COLLOQUY_LIVE_SECONDS ?? 20);
const config = readConfig(process.env);

function p95(run: PacedRun): number {
  return run.lagsMs.length === 0 ? Infinity : quantile(run.lagsMs, 0.95);
}

/** The most streams of these counts that are told in time. */
async function capacityRow(
  engine: Engine,
  tasks: LiveStartParsed['tasks'],
  counts: readonly number[],
  target: number,
): Promise<Row> {
  const samples = await samplesOf(wavOf('two-speakers'));
  const tried: string[] = [];
  let most = 0;
  for (const count of counts) {
    const run = await runPaced(engine, samples, count, { tasks, seconds: SECONDS });
    const shed = run.shedCount === 0 ? '' : ', something left out';
    tried.push(`${count}: ${p95(run).toFixed(0)} ms${shed}`);
    if (p95(run) >= MOST_LAG_MS || run.shedCount > 0) break;
    most = count;
  }
  const what = tasks.includes('transcribe') ? 'with text' : 'speakers only';
  return {
    what: `streams on two cores with lag p95 < ${MOST_LAG_MS} ms, nothing left out: ${what} (${SECONDS} s each)`,
    target: `≥ ${target}`,
    measured: `${most} (p95 with ${tried.join('; ')})`,
    met: most >= target,
  };
}

export async function streamRows(engine: Engine): Promise<Row[]> {
  return [
    await capacityRow(engine, ['diarize'], [4, 6, 8, 10, 12, 16, 20, 24], 24),
    await capacityRow(engine, ['diarize', 'transcribe'], [2, 4, 6, 8, 10, 12], 8),
  ];
}

export async function besideRows(engine: Engine): Promise<Row[]> {
  const samples = await samplesOf(wavOf('two-speakers'));
  const options = { tasks: ['diarize'] as LiveStartParsed['tasks'], seconds: SECONDS };
  const alone = await runPaced(engine, samples, 8, options);
  const stop = new AbortController();
  const request = await diarizeRequest(openStore(config), {}, {});
  const offline = (async () => {
    for (let runs = 0; ; runs += 1) {
      if (stop.signal.aborted) return runs;
      const audio = { path: wavOf('five-speakers') };
      await engine.run('diarize', { ...request, audio }, { signal: stop.signal }).catch(() => undefined);
    }
  })();
  const beside = await runPaced(engine, samples, 8, options);
  stop.abort();
  const runs = await offline;
  const more = p95(beside) - p95(alone);
  return [
    {
      what: `8 live streams, speakers only, beside an offline diarization (${runs - 1} whole ones): lag p95 more than alone`,
      target: '< 100 ms',
      measured: `${more.toFixed(0)} ms (${p95(alone).toFixed(0)} → ${p95(beside).toFixed(0)} ms)`,
      met: more < 100,
    },
  ];
}

export async function longRows(engine: Engine): Promise<Row[]> {
  const { growthBytes, firstP95Ms, lastP95Ms } = await hearLong(
    engine,
    await samplesOf(wavOf('two-speakers')),
  );
  const ratio = lastP95Ms / firstP95Ms;
  return [
    {
      what: `${LONG_MINUTES} minutes of one stream, unpaced, speakers only: growth of both processes from the first tenth on; step p95 of the last tenth to the first (10 h: COLLOQUY_LIVE_MINUTES=600)`,
      target: '≤ 150 MB; ≤ 1.2 ×',
      measured: `${(growthBytes / 1e6).toFixed(0)} MB; ${ratio.toFixed(2)} × (${firstP95Ms.toFixed(0)} → ${lastP95Ms.toFixed(0)} ms)`,
      met: growthBytes <= 150e6 && ratio <= 1.2,
    },
  ];
}
