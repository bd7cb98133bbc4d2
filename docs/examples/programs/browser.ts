/**
 * A page that shows subtitles of the file that its user picks: bundle it with
 * `npx esbuild docs/examples/programs/browser.ts --bundle --format=esm --external:docx --outfile=browser.js`.
 *
 * The page talks to a server of yours (`colloquy serve --cors-origin`, or a proxy in front of RunPod): a key in a page
 * is everybody's.
 */
import { Colloquy } from 'colloquy';

/** Subtitles of a file; `tell` hears each sentence when it is final. */
export async function subtitlesOf(
  file: File,
  baseUrl: string,
  tell: (sentence: string) => void,
): Promise<string> {
  const client = new Colloquy({ baseUrl });
  const utterances = client.utterances(file, { language: 'en' });
  for (;;) {
    const next = await utterances.next();
    if (next.done === true) return next.value.toVtt();
    tell(next.value.text);
  }
}
