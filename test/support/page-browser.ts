import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { chromiumPath } from './chromium.ts';
import { startCli } from './run-cli.ts';

/** What a microphone hears in tests. */
const HEARD = join(import.meta.dirname, '../../samples/two-speakers.wav');

/** The page of a server of its own in Chromium, whose microphone hears a recording. */
export class PageBrowser {
  readonly url: string;
  readonly page: Page;
  /** Errors, broken rules of the page's policy, and requests to others. */
  readonly troubles: string[] = [];
  readonly #server: ChildProcess;
  readonly #browser: Browser;

  private constructor(url: string, page: Page, server: ChildProcess, browser: Browser) {
    this.url = url;
    this.page = page;
    this.#server = server;
    this.#browser = browser;
    page.setDefaultTimeout(30_000);
    page.on('console', (message) => message.type() === 'error' && this.troubles.push(message.text()));
    page.on('pageerror', ({ message }) => this.troubles.push(message));
    page.on('request', (request) => {
      const isOurs = request.url().startsWith(url) || /^(?:data|blob):/.test(request.url());
      if (!isOurs) this.troubles.push(`asked ${request.url()}`);
    });
  }

  /** @param key that the server asks for; none where it asks for none */
  static async open(key?: string): Promise<PageBrowser> {
    const environment: Record<string, string> = key === undefined ? {} : { COLLOQUY_SERVE_KEY: key };
    const server = startCli(['serve', '--port', '0', '--quiet'], { environment });
    const [line] = (await once(server.stdout!.setEncoding('utf8'), 'data')) as [string];
    const browser = await chromium.launch({
      executablePath: chromiumPath!,
      args: [
        '--no-sandbox',
        '--use-fake-device-for-media-stream',
        '--use-fake-ui-for-media-stream',
        `--use-file-for-fake-audio-capture=${HEARD}%noloop`,
      ],
    });
    const page = await browser.newPage({ viewport: { width: 1100, height: 800 } });
    const opened = new PageBrowser(line.trim(), page, server, browser);
    await page.goto(opened.url);
    return opened;
  }

  async close(): Promise<void> {
    await this.#browser.close();
    this.#server.kill('SIGTERM');
    await once(this.#server, 'exit');
  }
}
