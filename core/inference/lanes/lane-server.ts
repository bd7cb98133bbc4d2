/**
 * A lane: a worker thread that owns one session of every opened model and runs what it is sent, one after another.
 *
 * It is never terminated from outside: ending a thread during a run takes the whole process with it.
 */
import { type MessagePort, parentPort } from 'node:worker_threads';
import { assert } from '../../errors.ts';
import { serializeError } from '../../serialized-error.ts';
import type { LaneCall, LaneReply, LaneRequest, LaneResults } from './lane-messages.ts';
import { chooseProvider, warmRuntime } from '../onnx-runtime.ts';
import { openOnnxSession } from '../onnx-session.ts';
import type { LaneWork } from './lane-work.ts';
import { LocalChain } from '../session-chain.ts';
import type { Session, Tensor } from '../session.ts';

const sessions = new Map<number, Session>();
const chains = new Map<number, LocalChain>();

/** Computations by name, each loaded when it is first asked for. */
export type LaneWorks = Readonly<Record<string, () => Promise<LaneWork<never, unknown>>>>;

/** Answers the pool until it closes the lane. */
export function serveLane(works: LaneWorks): void {
  assert(parentPort, 'lane.js must be started as a worker thread.');
  const port = parentPort;
  // While whoever asks still finds out what to ask for; a failure shows again at the first model.
  warmRuntime().catch(() => undefined);
  port.on('message', (request: LaneRequest) => void reply(port, request, works));
}

async function reply(port: MessagePort, request: LaneRequest, works: LaneWorks): Promise<void> {
  const { id } = request;
  try {
    const value = await handle(request, works);
    const isRun = request.kind === 'run' || request.kind === 'chain-run';
    post(port, { id, value }, isRun ? buffersOf(value as LaneResults['run']) : []);
  } catch (error) {
    post(port, { id, error: serializeError(error) });
  }
  if (request.kind === 'close') port.close();
}

function post(port: MessagePort, answer: LaneReply, transfer: readonly ArrayBuffer[] = []): void {
  port.postMessage(answer, transfer);
}

async function handle(request: LaneRequest, works: LaneWorks): Promise<LaneResults[keyof LaneResults]> {
  switch (request.kind) {
    case 'resolve-provider':
      return chooseProvider(request.choice);
    case 'open': {
      const session = await open(request);
      sessions.set(request.session, session);
      return { inputNames: session.inputNames, outputNames: session.outputNames, form: session.form };
    }
    case 'run':
      return sessionOf(request.session).run(request.feeds, request.fetches);
    case 'work': {
      const load = works[request.name];
      assert(load, `A lane was asked for ${request.name}, which it does not know.`);
      return (await load()).run(sessionOf(request.session), request.input as never);
    }
    case 'chain-run':
      return chainOf(request.chain, request.session).run({
        ...request.step,
        session: sessionOf(request.session),
      });
    case 'chain-release':
      chains.delete(request.chain);
      return undefined;
    case 'release':
      await sessions.get(request.session)?.release();
      sessions.delete(request.session);
      return undefined;
    case 'close':
      await Promise.all([...sessions.values()].map((session) => session.release()));
      return undefined;
  }
}

function open({ model, provider, graph, saved }: Extract<LaneCall, { kind: 'open' }>): Promise<Session> {
  const make = (): Promise<Uint8Array> => {
    assert(graph?.bytes, 'A saved graph was not as it was written.');
    return Promise.resolve(graph.bytes);
  };
  return openOnnxSession(model, { provider, graph: graph && { form: graph.form, make }, savedGraph: saved });
}

function sessionOf(key: number): Session {
  const session = sessions.get(key);
  assert(session, 'A lane was asked to run a session that it does not have.');
  return session;
}

function chainOf(key: number, session: number): LocalChain {
  const known = chains.get(key);
  if (known) return known;
  const chain = new LocalChain(sessionOf(session));
  chains.set(key, chain);
  return chain;
}

/** Outputs move to the pool's thread instead of being copied. */
function buffersOf(outputs: Readonly<Record<string, Tensor>>): readonly ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const { data } of Object.values(outputs)) {
    if (data.buffer instanceof ArrayBuffer) buffers.add(data.buffer);
  }
  return [...buffers];
}
