/** A hundred sockets of which ten do not read what they are told: the others may not notice. */
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import WebSocket from 'ws';
import type { Engine } from '../../core/engine/engine.ts';
import { openLiveDoors } from '../../test/support/live-doors.ts';
import { TestSocket } from '../../test/support/live-socket.ts';
import { quantile, type Row } from '../support/row.ts';

const SOCKETS = 100;
const SLOW = 10;
const SECONDS = 12;
const RATE = 16_000;
const BLOCK_SAMPLES = RATE / 5;
/** Each is told back, in 500 bytes: more than the system and the server (256 KiB here) keep for a reader. */
const NAMES = 12_000;
const NAMES_AT_A_TIME = 50;
const NAME = JSON.stringify({ type: 'name-speaker', speaker: 'S1', name: '\u{20ac}'.repeat(128) });

/** A client that sends and does not read; the code that it is closed with, where it can still see it. */
async function slowReader(url: string): Promise<number> {
  const socket = await TestSocket.open(url, { tasks: ['detect-speech'] });
  await socket.heard('ready');
  socket.socket.pause();
  for (let sent = 0; sent < NAMES && socket.socket.readyState === WebSocket.OPEN; sent += 1) {
    socket.say(NAME);
    if (sent % NAMES_AT_A_TIME === 0) await delay((1_000 * SECONDS * NAMES_AT_A_TIME) / NAMES);
  }
  await delay(200);
  socket.socket.resume();
  return (await socket.closed).code;
}

async function lagsOf(url: string, pcm: Buffer): Promise<number[]> {
  const socket = await TestSocket.open(url, { tasks: ['detect-speech'] });
  await socket.heard('ready');
  const beganMs = performance.now();
  const lags: number[] = [];
  socket.socket.on('message', (data) => {
    const message = JSON.parse((data as Buffer).toString()) as { type: string; heardSeconds?: number };
    if (message.type === 'status') lags.push(performance.now() - beganMs - 1_000 * message.heardSeconds!);
  });
  for (let block = 1; block * BLOCK_SAMPLES <= SECONDS * RATE; block += 1) {
    await delay(Math.max(0, beganMs + (1_000 * block * BLOCK_SAMPLES) / RATE - performance.now()));
    const at = ((block - 1) * 2 * BLOCK_SAMPLES) % (pcm.length - 2 * BLOCK_SAMPLES);
    socket.hear(pcm.subarray(at, at + 2 * BLOCK_SAMPLES));
  }
  socket.say({ type: 'finish' });
  await socket.closed;
  return lags;
}

export async function socketRows(engine: Engine, samples: Float32Array): Promise<Row[]> {
  const pcm = Buffer.from(Int16Array.from(samples, (sample) => Math.round(32_767 * sample)).buffer);
  const doors = await openLiveDoors({ engine, limits: { tooSlowBytes: 256 * 1024, slowBytes: 64 * 1024 } });
  try {
    const lags = async (count: number): Promise<number> =>
      quantile((await Promise.all(Array.from({ length: count }, () => lagsOf(doors.url, pcm)))).flat(), 0.95);
    const alone = await lags(SOCKETS - SLOW);
    const slow = Array.from({ length: SLOW }, () => slowReader(doors.url));
    const beside = await lags(SOCKETS - SLOW);
    const codes = await Promise.all(slow);
    const told = codes.filter((code) => code === 1013).length;
    const silent = await silentSockets(doors.url);
    return [
      {
        what: `${SOCKETS} sockets that detect speech, ${SLOW} of which do not read: lag p95 of the others, more than without them`,
        target: '< 100 ms more; slow ones closed 1013',
        measured: `${(beside - alone).toFixed(0)} ms (${alone.toFixed(0)} → ${beside.toFixed(0)} ms); ${told} of ${SLOW} saw 1013, all were closed`,
        met: beside - alone < 100,
      },
      silent,
    ];
  } finally {
    await doors.close();
  }
}

/** Connections that never speak; the server takes a thousand at a time. */
async function silentSockets(url: string): Promise<Row> {
  const count = Number(process.env.COLLOQUY_LIVE_SILENT ?? 2_000);
  const before = process.memoryUsage().rss;
  const sockets = Array.from({ length: count }, () => new TestSocket(url));
  await delay(1_000);
  const beganMs = performance.now();
  const speaker = await TestSocket.open(url, { tasks: ['detect-speech'] }).catch(() => undefined);
  const codes = await Promise.all(sockets.map(async ({ closed }) => (await closed).code));
  const rss = process.memoryUsage().rss - before;
  speaker?.socket.terminate();
  const open = new TestSocket(url);
  await once(open.socket, 'open');
  open.socket.terminate();
  const idle = codes.filter((code) => code === 4408).length;
  return {
    what: `${count} connections that never speak (10,000: COLLOQUY_LIVE_SILENT=10000, ulimit -n 65536)`,
    target: 'all closed or refused, the server goes on',
    measured: `${idle} closed 4408, ${count - idle} refused, after ${((performance.now() - beganMs) / 1_000).toFixed(0)} s; +${(rss / 1e6).toFixed(0)} MB with both ends`,
    met: codes.length === count,
  };
}
