import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, sayWithoutChromium } from '../../support/chromium.ts';
import { PageBrowser } from '../../support/page-browser.ts';

sayWithoutChromium();

const KEY = 'a-key-of-this-test-alone';

/** A slow machine takes a while; a page that does nothing fails here. */
const PATIENT = { timeout: 40_000 };

describe.skipIf(chromiumPath === undefined)('the live view in Chromium', () => {
  let opened: PageBrowser;

  beforeAll(async () => {
    opened = await PageBrowser.open(KEY);
    // Lets the test cut a connection as a network does.
    await opened.page.addInitScript(`
      globalThis.sockets = [];
      globalThis.WebSocket = class extends WebSocket {
        constructor(...given) { super(...given); sockets.push(this); }
      };
    `);
    await opened.page.goto(`${opened.url}/?again#/live`);
    // The key becomes a cookie that no script reads; tickets, events and sound come by it.
    await opened.page.getByLabel('Key', { exact: true }).fill(KEY);
    await opened.page.getByRole('button', { name: 'Open' }).click();
    await opened.page.getByRole('button', { name: 'Start listening' }).waitFor();
    expect(opened.troubles.splice(0).filter((trouble) => !trouble.includes('401'))).toEqual([]);
  }, 90_000);

  const ask = (path: string): Promise<Response> =>
    fetch(opened.url + path, { headers: { authorization: `Bearer ${KEY}` } });

  afterAll(() => opened.close());

  it('hears the microphone, shows who says what, survives a cut connection, and ends as a recording', async () => {
    const { page } = opened;
    await page.getByRole('button', { name: 'Start listening' }).click();
    const words = page.locator('.live .words');
    await expect.poll(() => words.allTextContents(), PATIENT).not.toEqual([]);
    await expect
      .poll(() => page.locator('.meter').getAttribute('aria-valuenow').then(Number), PATIENT)
      .toBeGreaterThan(10);
    const heard = async (): Promise<string> => (await page.locator('.live-bar .time').textContent())!;
    const before = await heard();
    // The way back is slow, so that a reader sees that it is lost.
    await page.route('**/v1/live', (route) => void setTimeout(() => void route.continue(), 2_000), {
      times: 1,
    });
    await page.evaluate('sockets.at(-1).close()');
    await page.getByText('Connection lost').waitFor();
    await expect.poll(heard, PATIENT).not.toBe(before);
    expect(await page.evaluate('sockets.length')).toBeGreaterThan(1);

    // The second person speaks from the ninth second on.
    await expect.poll(() => page.locator('.live .speakers input').count(), PATIENT).toBe(2);
    await page.locator('.live .speakers input').first().fill('Ana');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.live .passage .name').allTextContents(), PATIENT).toContain('Ana');
    // The session goes on while its reader looks at something else.
    await page.locator('nav').getByRole('link', { name: 'Recordings' }).click();
    await page.locator('.drop').waitFor();
    await page.locator('nav').getByRole('link', { name: 'Live' }).click();

    await page.getByRole('button', { name: 'End and edit' }).click();
    await page.locator('.editor .passage').first().waitFor(PATIENT);
    await expect.poll(() => page.locator('.speakers input').first().inputValue(), PATIENT).toBe('Ana');
    expect(await page.locator('.editor .words').allTextContents()).not.toEqual([]);
    const job = /job_[\w-]{22}/.exec(page.url())![0];
    const rttm = await (await ask(`/v1/jobs/${job}/result/0/rttm`)).text();
    expect(rttm).toContain(' Ana ');
    // Nothing was lost while the connection was.
    const turns = rttm
      .trim()
      .split('\n')
      .map((line) => line.split(' '));
    expect(turns.some((turn) => Number(turn[3]) > 8)).toBe(true);
  }, 150_000);

  it('says so without a microphone, and ends without a trace when it is discarded', async () => {
    const { page, url } = opened;
    const count = async (): Promise<number> =>
      ((await (await ask('/v1/recordings')).json()) as { recordings: unknown[] }).recordings.length;
    const before = await count();
    await page.goto(`${url}/?denied#/live`);
    await page.evaluate('navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error("denied"))');
    await page.getByRole('button', { name: 'Start listening' }).click();
    await page.getByRole('alert').getByText('microphone is not available').waitFor();
    await page.goto(`${url}/?twice#/live`);
    await page.getByRole('button', { name: 'Start listening' }).click();
    page.once('dialog', (dialog) => void dialog.accept());
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.getByRole('button', { name: 'Start listening' }).waitFor();
    expect(await count()).toBe(before);
  }, 60_000);

  it('records, transcribes what it recorded, and plays it from any word though the browser cannot seek in it', async () => {
    const { page, url } = opened;
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`${url}/?record#/`);
    await page.getByRole('button', { name: 'Record' }).click();
    await page.waitForTimeout(5_000);
    await page.getByRole('button', { name: 'Stop and transcribe' }).click();
    await page.locator('.editor .passage').first().waitFor({ timeout: 60_000 });
    await expect.poll(() => asked.some((each) => each.endsWith('?format=opus')), PATIENT).toBe(true);
    await page.locator('[data-word]').last().click();
    await expect.poll(() => page.locator('.player .time').textContent(), PATIENT).toMatch(/^0:0[1-9]/);
  }, 120_000);

  it('had no error, and asked nobody else', () => {
    expect(opened.troubles).toEqual([]);
  });
});
