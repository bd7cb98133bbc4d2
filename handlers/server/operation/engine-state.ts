import { setTimeout as delay } from 'node:timers/promises';
import type { Engine } from '../../../core/engine/engine.ts';
import type { EngineFacts } from '../../../core/engine/messages.ts';

/** A child that takes longer to start has most likely died of something that kills the next one too. */
const PATIENCE_MS = 5_000;

/** What runs the models; `undefined` where nothing does, as while an engine that died is started again. */
export async function engineFactsNow(
  engine: Pick<Engine, 'facts'>,
  patienceMs = PATIENCE_MS,
): Promise<EngineFacts | undefined> {
  const given = new AbortController();
  const facts = engine.facts().catch(() => undefined);
  const late = delay(patienceMs, undefined, { signal: given.signal, ref: false }).catch(() => undefined);
  return Promise.race([facts, late]).finally(() => given.abort());
}
