import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resultFromUtterances } from '../../../core/transcript/result-from-segments.ts';
import { chromiumPath, sayWithoutChromium } from '../../support/chromium.ts';
import { startCli } from '../../support/run-cli.ts';

const SAMPLE = join(import.meta.dirname, '../../../samples/two-speakers.wav');
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

sayWithoutChromium();

/** A slow machine takes a while; a page that does nothing fails here. */
const PATIENT = { timeout: 30_000 };

describe.skipIf(chromiumPath === undefined)('the page in Chromium', () => {
  let server: ChildProcess;
  let url: string;
  let browser: Browser;
  let page: Page;
  const troubles: string[] = [];

  beforeAll(async () => {
    server = startCli(['serve', '--port', '0', '--quiet']);
    const [line] = (await once(server.stdout!.setEncoding('utf8'), 'data')) as [string];
    url = line.trim();
    browser = await chromium.launch({
      executablePath: chromiumPath!,
      args: ['--no-sandbox', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
    });
    page = await browser.newPage({ viewport: { width: 1100, height: 800 } });
    page.setDefaultTimeout(30_000);
    page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
    page.on('pageerror', ({ message }) => troubles.push(message));
    page.on('request', (request) => {
      const isOurs = request.url().startsWith(url) || /^(?:data|blob):/.test(request.url());
      if (!isOurs) troubles.push(`asked ${request.url()}`);
    });
    await page.goto(url);
  }, 90_000);

  afterAll(async () => {
    await browser.close();
    server.kill('SIGTERM');
    await once(server, 'exit');
  });

  const texts = (): Promise<string[]> => page.locator('.passage .words').allTextContents();
  const names = (): Promise<string[]> =>
    page
      .locator('.passage select.name')
      .evaluateAll((all) => all.map((one) => (one as unknown as { title: string }).title));

  it('takes a recording, shows who says what, plays a word, and leaves nothing behind when it is left', async () => {
    await page.setInputFiles('input[type=file]', SAMPLE);
    await page.locator('.passage').first().waitFor({ timeout: 120_000 });
    expect(new Set(await names())).toEqual(new Set(['SPEAKER_00', 'SPEAKER_01']));
    const last = page.locator('.passage').last().locator('[data-word]').first();
    await last.click();
    await expect.poll(() => page.locator('.player .time').textContent(), PATIENT).not.toMatch(/^0:00/);
    expect(await page.locator('.passage.current').count()).toBe(1);
    await page.keyboard.press(' ');
    expect(await page.locator('canvas.lanes').getAttribute('aria-label')).toContain('SPEAKER_01');
  }, 150_000);

  it('renames, corrects, splits, joins, reassigns, merges and undoes, all by keys, and every file has it', async () => {
    const before = await texts();
    for (let i = 0; i < before.length; i++) await page.keyboard.press('ArrowUp');
    await page.keyboard.press(' ');
    await page.keyboard.press('r');
    await page.keyboard.type('Ana');
    await page.keyboard.press('Enter');
    await expect.poll(names).toContain('Ana');

    await page.keyboard.press('e');
    await page.locator('textarea').waitFor();
    await page.keyboard.press('Control+Home');
    await page.keyboard.type('Well, ');
    await page.keyboard.press('Control+Enter');
    await expect.poll(async () => (await texts())[0]).toBe(`Well, ${before[0]!}`);

    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('s');
    await expect.poll(async () => (await texts()).length).toBe(before.length + 1);
    await expect.poll(async () => (await texts())[0]).toBe('Well,');
    await page.keyboard.press('2');
    await expect.poll(async () => (await names())[0]).toBe('SPEAKER_01');
    await page.keyboard.press('z');
    await page.keyboard.press('z');
    await expect.poll(async () => (await texts())[0]).toBe(`Well, ${before[0]!}`);

    await page.keyboard.press('/');
    await page.keyboard.type('well');
    await page.locator('.find label:has-text("Replace with") input').fill('So');
    await page.getByRole('button', { name: 'Replace all' }).click();
    await expect.poll(async () => (await texts())[0]).toBe(`So, ${before[0]!}`);
    await page.keyboard.press('Escape');

    await expect.poll(() => page.locator('.saved').textContent(), PATIENT).toBe('Saved');
    const job = /job_[\w-]{22}/.exec(page.url())![0];
    const srt = await (await fetch(`${url}/v1/jobs/${job}/result/0/srt`)).text();
    expect(srt).toContain('Ana');
    expect(srt).toContain('So, ');
    await page.reload();
    await page.locator('.passage').first().waitFor();
    await expect.poll(() => page.locator('.passage .words').first().textContent(), PATIENT).toMatch(/^So, /);

    await page.locator('.speakers select').first().selectOption({ index: 1 });
    await expect.poll(async () => new Set(await names()).size).toBe(1);
    await page.keyboard.press('z');
    await expect.poll(async () => new Set(await names()).size).toBe(2);
  }, 60_000);

  it('draws only what is near of an hour with 12,000 words, and still finds what is far', async () => {
    const result = longTranscript();
    const id = 'job_aaaaaaaaaaaaaaaaaaaaaa';
    const job = {
      id,
      state: 'completed',
      task: 'transcribe',
      createdAt: new Date().toISOString(),
      recordings: [],
    };
    await page.route(`**/v1/jobs/${id}`, (route) =>
      route.fulfill({ json: { ...job, output: { results: [{ result }] } } }),
    );
    await page.route(`**/v1/jobs/${id}/edits`, (route) =>
      route.fulfill({ json: { edits: [] }, headers: { etag: '"1"' } }),
    );
    await page.goto(`${url}/#/jobs/${id}`);
    await page.locator('.passage').first().waitFor();
    expect(await page.locator('.passage').count()).toBe(1000);
    await page.waitForTimeout(300);
    expect(await page.locator('[data-word]').count()).toBeLessThan(1500);
    await page.keyboard.press('/');
    await page.keyboard.type('needle');
    await expect.poll(() => page.locator('.find .count').textContent(), PATIENT).toBe('1 of 1');
    await page.locator('#p-990 [data-word]').first().waitFor();
    await page.keyboard.press('Escape');
  }, 60_000);

  it('had no error, asked nobody else, and stores nothing', async () => {
    expect(troubles).toEqual([]);
    const stored = await page.evaluate(
      `(async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length, (await caches.keys()).length, document.cookie,])()`,
    );
    expect(stored).toEqual([0, 0, 0, 0, '']);
  });

  it.each(['light', 'dark'] as const)(
    'can be read by everybody, also on a narrow screen: %s',
    async (scheme) => {
      await page.emulateMedia({ colorScheme: scheme });
      await page.addScriptTag({ path: AXE }).catch(() => page.evaluate(readFileSync(AXE, 'utf8')));
      const job = (await (await fetch(`${url}/v1/jobs`)).json()) as { jobs: { id: string }[] };
      for (const place of ['#/', '#/compare', `#/jobs/${job.jobs[0]!.id}`]) {
        await page.goto(`${url}/${place}`);
        await page.waitForTimeout(500);
        for (const width of [1100, 320]) {
          await page.setViewportSize({ width, height: 800 });
          expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
          const found = await page.evaluate(() =>
            (
              globalThis as unknown as { axe: { run: () => Promise<{ violations: { id: string }[] }> } }
            ).axe.run(),
          );
          expect(found.violations.map(({ id }) => id)).toEqual([]);
        }
      }
    },
    90_000,
  );
});

function longTranscript() {
  const utterances = Array.from({ length: 1000 }, (_, index) => {
    const speaker = `SPEAKER_0${index % 4}`;
    const start = index * 3.6;
    const words = Array.from({ length: 12 }, (_word, at) => ({
      text: index === 990 && at === 5 ? 'needle' : `word${at}`,
      speaker,
      startSeconds: start + at * 0.25,
      endSeconds: start + at * 0.25 + 0.2,
    }));
    return {
      speaker,
      startSeconds: start,
      endSeconds: start + 3,
      text: words.map(({ text }) => text).join(' '),
      words,
    };
  });
  return resultFromUtterances(utterances, 3600);
}
