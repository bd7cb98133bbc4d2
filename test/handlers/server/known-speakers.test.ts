/** Speakers that a client of OpenAI knows by references: they have their names, and what is refused leaves nothing. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCli } from '../../support/run-cli.ts';
import { wavBytes } from '../../support/wav-bytes.ts';

const SAMPLE = readFileSync(join(import.meta.dirname, '../../../samples/two-speakers.wav'));

/** A part of the sample as a file of its own, in seconds. */
function part(start: number, end: number): Buffer {
  return Buffer.from(wavBytes({ data: SAMPLE.subarray(44 + 32_000 * start, 44 + 32_000 * end) }));
}

let server: ChildProcess;
let url: string;

beforeAll(async () => {
  server = startCli(['serve', '--port', '0', '--quiet']);
  const [line] = (await once(server.stdout!.setEncoding('utf8'), 'data')) as [string];
  url = line.trim();
});
afterAll(async () => {
  server.kill('SIGTERM');
  await once(server, 'exit');
});

const dataUrl = (bytes: Uint8Array): string =>
  `data:audio/wav;base64,${Buffer.from(bytes).toString('base64')}`;

function transcribe(fields: readonly (readonly [string, string])[]): Promise<Response> {
  const body = new FormData();
  body.append('file', new Blob([Uint8Array.from(part(3, 17))]), 'talk.wav');
  body.append('model', 'gpt-4o-transcribe-diarize');
  for (const [name, value] of fields) body.append(name, value);
  return fetch(`${url}/v1/audio/transcriptions`, { method: 'POST', body });
}

describe('known speakers', () => {
  it('name the utterances of those who speak; strangers keep a letter', async () => {
    const reply = await transcribe([
      ['response_format', 'diarized_json'],
      ['known_speaker_names[]', 'customer'],
      ['known_speaker_references[]', dataUrl(part(17, 25))],
    ]);
    expect(reply.status).toBe(200);
    const { segments } = (await reply.json()) as { segments: { speaker: string; start: number }[] };
    const at = (seconds: number): string => segments.find(({ start }) => start >= seconds)!.speaker;
    // In the sample the customer speaks from 8.7 s on.
    expect([segments[0]!.speaker, at(5)]).toEqual(['A', 'customer']);
  });

  it.each([
    ['no sound', dataUrl(Buffer.from('hello')), 415],
    ['too little speech', dataUrl(part(18, 18.125)), 422],
  ])(
    'are refused with the name of their field for %s, and nothing is kept',
    async (_what, reference, status) => {
      const reply = await transcribe([
        ['response_format', 'diarized_json'],
        ['known_speaker_names[]', 'customer'],
        ['known_speaker_references[]', reference],
      ]);
      const { error } = (await reply.json()) as { error: { param: string; message: string } };
      expect([reply.status, error.param]).toEqual([status, 'known_speaker_references']);
      expect(error.message).toContain('customer');
      expect(await (await fetch(`${url}/v1/recordings`)).json()).toMatchObject({ recordings: [] });
    },
  );

  it('leaves nothing of a recording whose options are wrong, and names the field as forms do', async () => {
    const reply = await transcribe([['language', 'nonsense!']]);
    const { error } = (await reply.json()) as { error: { param: string } };
    expect([reply.status, error.param]).toEqual([400, 'language']);
    expect(await (await fetch(`${url}/v1/recordings`)).json()).toMatchObject({ recordings: [] });
  });
});
