import { escapeXml } from '../../../../core/formats/writing/xml.ts';

/** Nothing runs and nothing is loaded; the form goes to this server. */
const POLICY = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/**
 * The upload form of the service, without script.
 *
 * @param prefix of its routes
 * @param message what was wrong with the last upload
 */
export function uploadPage(prefix: string, message: string | undefined): Response {
  const told = message === undefined ? '' : `<p role="alert">${escapeXml(message)}</p>\n`;
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Exact Transcription</title>
<main>
<h1>Exact Transcription</h1>
${told}<form method="post" action="${prefix}" enctype="multipart/form-data">
<p><label for="audio_file">Recording (mp3, mp4, mpeg, mpga, m4a, wav, webm)</label></p>
<p><input type="file" id="audio_file" name="audio_file" required></p>
<p><button>Transcribe</button></p>
</form>
<p>The transcript is kept for an hour. <a href="/">The page of this server</a> plays it and lets you correct it.</p>
</main>
</html>
`;
  return new Response(html, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    },
  });
}
