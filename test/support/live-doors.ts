/** The sockets of live sessions in this process, over a real engine: what they allow is a matter of each test. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Engine, type EngineOptions } from '../../core/engine/engine.ts';
import { scoringModel, DEFAULT_SPEAKER_MODEL } from '../../handlers/work/speakers/speaker-setup.ts';
import { openStore } from '../../handlers/setup/composition.ts';
import { readConfig } from '../../handlers/setup/config.ts';
import { Keys } from '../../handlers/server/http/keys.ts';
import { DiartDoor } from '../../handlers/server/live/dialects/diart-door.ts';
import { LiveDoor } from '../../handlers/server/live/live-door.ts';
import { LiveRooms } from '../../handlers/server/live/live-rooms.ts';
import type { LiveSocketLimits } from '../../handlers/server/live/live-socket.ts';
import { Tickets } from '../../handlers/server/live/tickets.ts';
import { builtPath } from './built.ts';

export type LiveDoors = {
  readonly url: string;
  readonly diartPort: number;
  readonly rooms: LiveRooms;
  readonly engine: Engine;
  readonly tickets: Tickets;
  readonly close: () => Promise<void>;
};

export type LiveDoorsOptions = {
  readonly limits?: Partial<LiveSocketLimits>;
  readonly maxSockets?: number;
  /** How long a session without a socket is kept. */
  readonly resumeMs?: number;
  /** Without sound for so long a client of diart is closed. */
  readonly diartIdleMs?: number;
  /** File of keys. */
  readonly keys?: string;
  /** An engine that others use too; it stays open. */
  readonly engine?: Engine;
};

export function startTestEngine(options: Partial<EngineOptions> = {}): Promise<Engine> {
  return Engine.start({
    enginePath: builtPath('engine-process.js'),
    environment: { PATH: process.env.PATH },
    provider: 'cpu',
    laneCount: 2,
    ...options,
  });
}

export async function openLiveDoors(options: LiveDoorsOptions = {}): Promise<LiveDoors> {
  const engine = options.engine ?? (await startTestEngine());
  const models = openStore(readConfig({ COLLOQUY_OFFLINE: '1' }));
  const rooms = new LiveRooms({ engine, models }, { resumeMs: options.resumeMs ?? 60_000 });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const tickets = new Tickets();
  const { space } = await scoringModel(models, DEFAULT_SPEAKER_MODEL);
  const keys = options.keys === undefined ? undefined : await Keys.read(options.keys);
  const { limits = {}, maxSockets = 1000, diartIdleMs = 30_000 } = options;
  const origins = { isOpen: keys === undefined, corsOrigins: new Set<string>() };
  const door = new LiveDoor(server, {
    rooms,
    space,
    tickets,
    fillVoices: (start) => Promise.resolve(start),
    recognisers: [],
    keys,
    origins,
    limits,
    maxSockets,
  });
  const diart = await DiartDoor.open({ rooms, host: '127.0.0.1', port: 0, idleMs: diartIdleMs, maxSockets });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    diartPort: diart.port,
    rooms,
    engine,
    tickets,
    close: async () => {
      diart.close();
      await door.close();
      server.close();
      if (options.engine === undefined) await engine.close();
    },
  };
}
