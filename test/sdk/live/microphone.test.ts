import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMicrophone } from '../../../sdk/live/microphone.ts';
import { chromiumPath, sayWithoutChromium } from '../../support/chromium.ts';
import { startCli } from '../../support/run-cli.ts';

const HEARD = join(import.meta.dirname, '../../../samples/two-speakers.wav');

sayWithoutChromium();

it('says where there is no microphone', async () => {
  await expect(openMicrophone()).rejects.toMatchObject({ code: 'unsupported_request' });
});

describe.skipIf(chromiumPath === undefined)('client.live in Chromium, with its microphone', () => {
  let server: ChildProcess;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    server = startCli(['serve', '--port', '0', '--quiet', '--preload', '']);
    const [line] = (await once(server.stdout!.setEncoding('utf8'), 'data')) as [string];
    const { outputFiles } = await build({
      stdin: {
        contents: "import { Colloquy } from './sdk/index.ts'; globalThis.Colloquy = Colloquy;",
        resolveDir: join(import.meta.dirname, '../../..'),
      },
      bundle: true,
      format: 'iife',
      platform: 'browser',
      write: false,
      external: ['node:*'],
      logLevel: 'silent',
    });
    browser = await chromium.launch({
      executablePath: chromiumPath!,
      args: [
        '--no-sandbox',
        '--use-fake-device-for-media-stream',
        '--use-fake-ui-for-media-stream',
        `--use-file-for-fake-audio-capture=${HEARD}%noloop`,
      ],
    });
    // The program of another page, which this server does not know.
    page = await (await browser.newContext({ bypassCSP: true })).newPage();
    await page.goto(line.trim());
    await page.addScriptTag({ content: outputFiles[0]!.text });
  }, 90_000);

  afterAll(async () => {
    await browser.close();
    server.kill('SIGTERM');
    await once(server, 'exit');
  });

  it('hears it until finish, and lets go of it', { timeout: 90_000 }, async () => {
    const heard = await page.evaluate<Record<string, unknown>>(`(async () => {
      const tracks = [];
      const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (asked) => {
        const stream = await ask(asked);
        tracks.push(...stream.getTracks());
        return stream;
      };
      const client = new Colloquy({ baseUrl: location.origin });
      const live = await client.live({ microphone: true, tasks: ['detect-speech'] });
      let speech = 0;
      for await (const event of live) {
        if (event.type === 'speech') speech += 1;
        if (event.type === 'status' && event.heardSeconds >= 3) break;
      }
      const isOpen = tracks.map(({ readyState }) => readyState);
      const result = await live.finish();
      const { heardSeconds, levelDbfs } = live.transcript.status;
      return { isOpen, isClosed: tracks.map(({ readyState }) => readyState), result, speech, heardSeconds, levelDbfs };
    })()`);
    expect(heard).toMatchObject({ isOpen: ['live'], isClosed: ['ended'], result: null });
    expect(heard.speech).toBeGreaterThan(0);
    expect(heard.heardSeconds).toBeGreaterThanOrEqual(3);
    expect(heard.levelDbfs).toBeGreaterThan(-60);
  });
});
