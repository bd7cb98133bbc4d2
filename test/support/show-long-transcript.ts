import type { Page } from 'playwright-core';
import { longTranscript } from './long-transcript.ts';

/** Opens the page on a job with an hour's transcript; the server is asked for everything else. */
export async function showLongTranscript(page: Page, url: string): Promise<void> {
  const id = 'job_aaaaaaaaaaaaaaaaaaaaaa';
  const output = { results: [{ result: longTranscript() }] };
  const createdAt = new Date().toISOString();
  const job = { id, state: 'completed', task: 'transcribe', createdAt, recordings: [], output };
  await page.route(`**/v1/jobs/${id}`, (route) => route.fulfill({ json: job }));
  await page.route(`**/v1/jobs/${id}/edits`, (route) =>
    route.fulfill({ json: { edits: [] }, headers: { etag: '"1"' } }),
  );
  await page.goto(`${url}/#/jobs/${id}`);
  await page.locator('.passage').first().waitFor();
}
