import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Kind = 'take' | 'done' | 'progress' | 'stream' | 'stop' | 'ping';

export type RecordedRequest = {
  method: string;
  path: string;
  query: Record<string, string>;
  rawQuery?: string;
  rawPath?: string;
  headers: Record<string, string>;
  body?: unknown;
  bodyText?: string;
  bodySha256?: string;
  bodyBytes?: number;
};

export type RecordedResponse = {
  ms?: number;
  status?: number;
  body?: unknown;
  bodyText?: string;
  contentType?: string;
  pending?: boolean;
  clientClosedMs?: number;
  connectionClosed?: boolean;
};

export type Exchange = {
  n: number;
  ms: number;
  kind: Kind;
  request: RecordedRequest;
  response: RecordedResponse;
};

/** One recorded run of the original worker; the fields are described in data/runpod-golden/README.md. */
export type Recording = {
  scenario: string;
  description: string;
  env: Record<string, string>;
  argv: string[];
  exchanges: Exchange[];
  signals: { ms: number; signal: NodeJS.Signals }[];
  end: { workerExit?: { code: number; ms: number }; workerStillRunning?: { ms: number } };
};

/** Every recording of a folder, by name. */
export function readRecordings(folder: string): Recording[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Recording);
}
