import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, sayWithoutChromium } from '../../support/chromium.ts';
import { PageBrowser } from '../../support/page-browser.ts';
import { voiceFile } from '../../support/sample-voices.ts';
import { showLongTranscript } from '../../support/show-long-transcript.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const SAMPLE = join(import.meta.dirname, '../../../samples/two-speakers.wav');
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

sayWithoutChromium();

/** A slow machine takes a while; a page that does nothing fails here. */
const PATIENT = { timeout: 30_000 };

describe.skipIf(chromiumPath === undefined)('the page in Chromium', () => {
  let opened: PageBrowser;
  let page: Page;
  let url: string;
  let job: string;

  beforeAll(async () => {
    opened = await PageBrowser.open();
    ({ page, url } = opened);
  }, 90_000);

  afterAll(() => opened.close());

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
    job = /job_[\w-]{22}/.exec(page.url())![0];
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

  it('enrols a speaker of a recording with consent, says whose voice another sample is, and forgets', async () => {
    const voices = async (): Promise<string[]> => {
      const { voices: all } = (await (await fetch(`${url}/v1/voices`)).json()) as {
        voices: { name: string }[];
      };
      return all.map(({ name }) => name);
    };
    for (const [index, name] of ['Ana', 'Ben'].entries()) {
      await page
        .getByRole('button', { name: /^Enrol voice/ })
        .nth(index)
        .click();
      await page.locator('dialog input:not([type])').fill(name);
      expect(await page.locator('dialog .primary').isDisabled()).toBe(true);
      await page.locator('dialog input[type=checkbox]').check();
      await page.locator('dialog .primary').click();
      await page.locator('dialog .samples').getByText('taken').waitFor();
      await page.locator('dialog').getByRole('button', { name: 'Close' }).click();
    }
    expect(await voices()).toEqual(['Ana', 'Ben']);
    await page.locator('nav').getByRole('link', { name: 'Voices' }).click();
    const whose = page.locator('section[aria-labelledby=whose-title]');
    // Who speaks first was enrolled as Ana.
    await whose.locator('input[type=file]').setInputFiles(voiceFile(temporaryFolder(), 'ben', 0));
    await whose.getByRole('heading', { name: 'Probably Ben' }).waitFor();
    await whose.locator('select').selectOption('Ana');
    await whose.getByRole('heading', { name: 'Probably not Ana' }).waitFor();
    await page.locator('nav').getByRole('link', { name: 'Compare' }).click();
    for (const which of ['First', 'Second']) {
      await page.getByLabel(`${which}: or a speaker of`).selectOption({ index: 1 });
      await page.getByLabel(`${which}: Which speaker`).selectOption({ index: which === 'First' ? 1 : 2 });
    }
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await page.getByRole('heading', { name: 'Probably two people' }).waitFor();
    await page.locator('nav').getByRole('link', { name: 'Voices' }).click();
    page.once('dialog', (dialog) => void dialog.accept());
    await page.getByRole('button', { name: 'Erase: Ben' }).click();
    await expect.poll(voices).toEqual(['Ana']);
  }, 90_000);

  it('draws only what is near of an hour with 12,000 words, and still finds what is far', async () => {
    await showLongTranscript(page, url);
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
    expect(opened.troubles).toEqual([]);
    const stored = await page.evaluate(
      `(async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length, (await caches.keys()).length, document.cookie,])()`,
    );
    expect(stored).toEqual([0, 0, 0, 0, '']);
  });

  it.each(['light', 'dark'] as const)(
    'can be read by everybody, also on a narrow screen: %s',
    async (scheme) => {
      await page.emulateMedia({ colorScheme: scheme });
      const views: readonly (readonly [place: string, press?: string])[] = [
        ['#/'],
        ['#/', '?'],
        ['#/live'],
        ['#/voices'],
        ['#/compare'],
        [`#/jobs/${job}`],
        [`#/jobs/${job}`, '/'],
        [`#/jobs/${job}`, 'e'],
        ['#/jobs/job_bbbbbbbbbbbbbbbbbbbbbb'],
      ];
      for (const [place, key] of views) {
        await page.goto(`${url}/?${scheme}${key ?? ''}${place}`);
        await page.waitForTimeout(300);
        if (key !== undefined) await page.keyboard.press(key);
        await page.evaluate(readFileSync(AXE, 'utf8'));
        for (const width of [1100, 320]) {
          await page.setViewportSize({ width, height: 800 });
          expect(await page.evaluate('document.documentElement.scrollWidth'), place).toBeLessThanOrEqual(
            width,
          );
          const found = await page.evaluate(() =>
            (
              globalThis as unknown as { axe: { run: () => Promise<{ violations: { id: string }[] }> } }
            ).axe.run(),
          );
          expect(
            found.violations.map(({ id }) => id),
            `${place} ${key ?? ''}`,
          ).toEqual([]);
        }
      }
    },
    120_000,
  );
});
