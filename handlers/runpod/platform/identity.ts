import { arch, release, type } from 'node:os';

/** Name and version under which the worker speaks to the platform. */
export const WORKER_NAME = 'Colloquy-Worker/0.1.0';

/**
 * The worker protocol that is spoken, as the `runpod_version` of pings and error texts: the version of the original
 * worker whose recorded requests ours are compared with.
 */
export const PROTOCOL_VERSION = '1.12.0';

/** User-Agent in the shape of the original worker: product, machine, language, integration. */
export function userAgent(integration: string | undefined): string {
  const base = `${WORKER_NAME} (${type()} ${release()}; ${arch()}) Language/Node ${process.versions.node}`;
  return integration === undefined ? base : `${base} Integration/${integration}`;
}
