/** Calls of the public API as a test makes them. */
export type PlatformCall = (
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<{ status: number; body: Record<string, unknown>; headers: Headers }>;

export function caller(url: string): PlatformCall {
  return async (method, path, body, headers = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
      headers: response.headers,
    };
  };
}

/** Waits until all of these jobs are in a final state; returns their status by id. */
export async function finalStates(
  call: PlatformCall,
  ids: readonly string[],
  limitMs: number,
): Promise<Map<string, Record<string, unknown>>> {
  const end = Date.now() + limitMs;
  const done = new Map<string, Record<string, unknown>>();
  while (done.size < ids.length) {
    if (Date.now() > end) {
      const open = await Promise.all(
        ids.filter((id) => !done.has(id)).map((id) => call('GET', `/status/${id}`)),
      );
      const states = open.slice(0, 5).map(({ body }) => JSON.stringify(body));
      throw new Error(
        `${open.length} of ${ids.length} jobs are not over after ${limitMs} ms: ${states.join(' ')}`,
      );
    }
    for (const id of ids) {
      if (done.has(id)) continue;
      const { body } = await call('GET', `/status/${id}`);
      if (['COMPLETED', 'FAILED', 'CANCELLED', 'TIMED_OUT'].includes(String(body.status))) done.set(id, body);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return done;
}
