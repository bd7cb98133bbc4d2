/** A redirect as Flask writes it. @param location a path of ours, without characters of HTML */
export function flaskRedirect(location: string, cookie?: string): Response {
  const body = `<!doctype html>\n<html lang=en>\n<title>Redirecting...</title>\n<h1>Redirecting...</h1>\n<p>You should be redirected automatically to the target URL: <a href="${location}">${location}</a>. If not, click the link.\n`;
  const headers = new Headers({ 'content-type': 'text/html; charset=utf-8', location });
  if (cookie !== undefined) headers.set('set-cookie', cookie);
  return new Response(body, { status: 302, headers });
}

/** Plain words in the type that Flask gives text. */
export function flaskText(text: string, status: number): Response {
  return new Response(text, { status, headers: { 'content-type': 'text/html; charset=utf-8' } });
}

/** A cookie that no script reads and no other site sends. @param seconds 0 takes it back */
export function cookieOf(name: string, value: string, seconds: number, request: Request): string {
  const isSecure = request.url.startsWith('https:') || request.headers.get('x-forwarded-proto') === 'https';
  return `${name}=${value}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${seconds}${isSecure ? '; Secure' : ''}`;
}

/** The value of a cookie of ours. */
export function readCookie(name: string, request: Request): string | undefined {
  return new RegExp(`(?:^|;\\s*)${name}=([A-Za-z0-9_%.~-]{1,2000})(?:;|$)`).exec(
    request.headers.get('cookie') ?? '',
  )?.[1];
}

/** What is not there, in the words of the service. */
export function goneReply(): Response {
  return flaskText('File not found. It may have been cleaned up or the task failed.', 404);
}

/** A transcript to be saved under a name of ours. */
export function attachedText(text: string, name: string): Response {
  return new Response(text, {
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'content-disposition': `attachment; filename=${name}`,
      'x-content-type-options': 'nosniff',
    },
  });
}
