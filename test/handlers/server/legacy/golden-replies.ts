/** What the frameworks of the older systems wrote for the contents of their documentation, and which test asserts it. */
import { readFileSync } from 'node:fs';
import { sharedPath } from '../../../support/shared.ts';

type GoldenReply = {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
};

const path = sharedPath('data/server-golden/legacy.json');

export const golden =
  path === undefined ? undefined : (JSON.parse(readFileSync(path, 'utf8')) as Record<string, GoldenReply>);

/** Every reply that was recorded. */
export const ASSERTED = {
  /** legacy-bodies.test.ts: byte for byte, from contents as they are documented. */
  bodies: [
    '000 GET /status',
    '000 POST /diarize (documented)',
    '000 POST /diarize (as the code answers)',
    '000 POST /diarize not ready',
    '002 POST / (README version, done)',
    '002 POST /upload',
    '002 GET /status/ID pending',
    '002 GET /status/ID progress',
    '002 GET /status/ID success',
    '002 GET /status/ID failure',
    '002 GET /stream-progress/ID',
    '002 GET /download/NAME',
    '002 GET /download (README version)',
    '001 POST /embedding',
    '001 POST /compare',
  ],
  /** legacy-routes.test.ts: from a server that runs, with its values masked. */
  routes: [
    '000 POST /diarize without file',
    '001 GET /health',
    '001 POST /diarize',
    '001 POST /compare threshold 0.35',
    '001 error (documented)',
    '002 POST /upload without file',
    '002 GET /download/BAD',
    '002 GET /download/GONE',
    '004 POST /embed',
    '004 GET /ping',
  ],
  /** Sockets: live.test.ts and the tests of handlers/server/live. */
  sockets: ['004 WS /stream', '003 WS / (diart 0.9.2)'],
  /** Not so here: the documentation of the service has `001 error (documented)` for every error, and that is given. */
  otherwise: ['001 POST /diarize without file (FastAPI default)'],
} as const;

export type GoldenBody = (typeof ASSERTED.bodies)[number];

/** Those of a server that runs; some of the others are asserted with their values too. */
export type GoldenRoute = (typeof ASSERTED.routes)[number] | GoldenBody;
