import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import WebSocket from 'ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pcmOf } from '../../support/live-socket.ts';
import { type LocalService, startLocalService } from '../../support/local-service.ts';

const PCM = pcmOf(readFileSync(join(import.meta.dirname, '../../../samples/library.wav')), 12);
const folder = mkdtempSync(join(tmpdir(), 'colloquy-test-'));

let server: LocalService;

beforeAll(async () => {
  const keys = join(folder, 'keys');
  writeFileSync(keys, `ana ${createHash('sha256').update('secret').digest('hex')}\n`);
  server = await startLocalService(['serve', '--port', '0', '--keys', keys]);
}, 60_000);

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

type Told = { readonly type: string; readonly event_id: string } & Readonly<Record<string, unknown>>;

/** A client of OpenAI's, as its library dials. */
class Client {
  readonly told: Told[] = [];
  readonly socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => this.told.push(JSON.parse(data.toString()) as Told));
  }

  static async open(key = 'secret'): Promise<Client> {
    const url = `${server.url.replace('http', 'ws')}/v1/realtime?intent=transcription`;
    const client = new Client(new WebSocket(url, ['realtime', `openai-insecure-api-key.${key}`]));
    await once(client.socket, 'open');
    return client;
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  append(pcm: Buffer): void {
    for (let start = 0; start < pcm.length; start += 32_000)
      this.send({
        type: 'input_audio_buffer.append',
        audio: pcm.subarray(start, start + 32_000).toString('base64'),
      });
  }

  async until(type: string, count = 1): Promise<Told> {
    while (this.told.filter((event) => event.type === type).length < count)
      await once(this.socket, 'message');
    return this.told.filter((event) => event.type === type).at(-1)!;
  }
}

const session = (rate: number): object => ({
  type: 'session.update',
  session: {
    type: 'transcription',
    audio: {
      input: {
        format: { type: 'audio/pcm', rate },
        transcription: { model: 'gpt-4o-transcribe', language: 'en' },
        turn_detection: { type: 'server_vad', silence_duration_ms: 500 },
      },
    },
  },
});

describe('OpenAI’s Realtime transcription', () => {
  it(
    'tells items in their order, with speakers, and goes on after a commit',
    { timeout: 120_000 },
    async () => {
      const client = await Client.open();
      expect(client.socket.protocol).toBe('realtime');
      expect(await client.until('session.created')).toMatchObject({ session: { type: 'transcription' } });
      client.send(session(16_000));
      expect(await client.until('session.updated')).toMatchObject({
        session: { audio: { input: { format: { rate: 16_000 } } } },
      });
      client.append(PCM);
      client.send({ type: 'input_audio_buffer.commit' });
      const COMPLETED = 'conversation.item.input_audio_transcription.completed';
      let transcript = '';
      while (!transcript.includes('budget')) {
        await client.until(COMPLETED, client.told.filter(({ type }) => type === COMPLETED).length + 1);
        transcript = client.told
          .filter(({ type }) => type === COMPLETED)
          .map((event) => event.transcript)
          .join(' ');
      }
      for (const { item_id: id } of client.told.filter(({ type }) => type === COMPLETED)) {
        const own = client.told.filter((event) => event.item_id === id).map(({ type }) => type);
        expect(own.indexOf('input_audio_buffer.committed')).toBeLessThan(own.indexOf(COMPLETED));
        expect(own.filter((type) => type === COMPLETED)).toHaveLength(1);
      }
      const segments = client.told.filter(({ type }) => type.endsWith('.segment'));
      expect(segments.length).toBeGreaterThan(0);
      for (const { start, end } of segments) expect(end as number).toBeGreaterThan(start as number);
      expect(new Set(client.told.map((event) => event.event_id)).size).toBe(client.told.length);
      client.append(Buffer.alloc(32_000));
      client.send({ type: 'input_audio_buffer.clear' });
      await client.until('input_audio_buffer.cleared');
      client.socket.close();
    },
  );

  it('says what it does not understand and goes on', async () => {
    const client = await Client.open();
    const wrong = [
      '{',
      { type: 'response.create' },
      { type: 'session.update', event_id: 'mine', session: { type: 'realtime' } },
      { type: 'input_audio_buffer.append', audio: '!' },
      { type: 'input_audio_buffer.commit' },
    ];
    for (const message of wrong) {
      if (typeof message === 'string') client.socket.send(message);
      else client.send(message);
    }
    await client.until('error', wrong.length);
    const errors = client.told.filter(({ type }) => type === 'error').map(({ error }) => error);
    for (const error of errors)
      expect(error).toMatchObject({ type: 'invalid_request_error', code: 'invalid_option' });
    expect(errors[2]).toMatchObject({ event_id: 'mine' });
    client.send(session(24_000));
    await client.until('session.updated');
    client.socket.close();
  });

  it('is for those with a key', async () => {
    await expect(Client.open('wrong')).rejects.toThrow(/401/);
  });
});
