/** A client that still sends hears no answer: what it sends is read, up to these limits, before it is refused. */
const MOST_BYTES = 128 * 2 ** 20;
const MOST_MS = 5_000;

/** Reads what nobody has read of a body. */
export async function readUnread({ body, bodyUsed, headers }: Request): Promise<void> {
  // Who asks first whether to send has sent nothing.
  if (body === null || bodyUsed || body.locked || headers.has('expect')) return;
  const reader = body.getReader();
  const timer = setTimeout(() => void reader.cancel().catch(() => undefined), MOST_MS);
  try {
    for (let bytes = 0; bytes < MOST_BYTES;) {
      const { done, value } = (await reader.read()) as { done: boolean; value?: Uint8Array };
      if (done) return;
      bytes += value?.byteLength ?? 0;
    }
    await reader.cancel();
  } catch {
    // The client is gone: nobody waits for the answer.
  } finally {
    clearTimeout(timer);
  }
}
