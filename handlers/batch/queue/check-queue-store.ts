import { DependencyError, RemoteError, type SpeechError } from '../../../core/errors.ts';

/** The oldest that the settings were tried with. */
const OLDEST = { redis: [6, 2], valkey: [7, 2] } as const;

/** What is needed of a client of Redis. */
type InfoClient = { info(section: string): Promise<string> };

/**
 * Whether a Valkey or Redis can hold the queue: not too old, and not one that throws keys away.
 *
 * @throws DependencyError `configuration_invalid`
 */
export async function checkQueueStore(client: InfoClient): Promise<void> {
  const server = fieldsOf(await client.info('server'));
  const isValkey = server.get('server_name') === 'valkey' || server.has('valkey_version');
  const [kind, version] = isValkey
    ? (['valkey', server.get('valkey_version')] as const)
    : (['redis', server.get('redis_version')] as const);
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST[kind];
  if (version === undefined || major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    throw new DependencyError(
      'configuration_invalid',
      `Expected Valkey 7.2 or Redis 6.2, or newer, for the queue; this is ${version === undefined ? 'neither' : `${kind} ${version}`}.`,
    );
  }
  const memory = fieldsOf(await client.info('memory'));
  const policy = memory.get('maxmemory_policy') ?? 'noeviction';
  if (policy !== 'noeviction' && (memory.get('maxmemory') ?? '0') !== '0') {
    throw new DependencyError(
      'configuration_invalid',
      `The store of the queue throws keys away when it is full (maxmemory-policy ${policy}). Set it to noeviction.`,
    );
  }
}

/** A failure of the queue's store in our words; never its address, which may hold a password. */
export function queueStoreError(error: unknown): SpeechError {
  const { message = '', code } = error as { readonly message?: string; readonly code?: string };
  if (/Protocol error|reply type byte|unknown RESP type|wrong version number/i.test(message)) {
    return new DependencyError(
      'configuration_invalid',
      'What answers under the address of the queue is neither Valkey nor Redis. Expected redis://HOST:PORT, or rediss:// with TLS.',
      { cause: error },
    );
  }
  if (/^(?:NOAUTH|WRONGPASS|NOPERM)|invalid password|without any password/i.test(message)) {
    return new RemoteError(
      'unauthorized',
      'The store of the queue refuses us. Give name and password in COLLOQUY_QUEUE: redis://NAME:PASSWORD@HOST:PORT.',
      { cause: error },
    );
  }
  if (message.startsWith('OOM')) {
    return new RemoteError(
      'remote_failed',
      'The store of the queue is full. Give it more memory; a queue of ours takes some 30 MB.',
      { cause: error },
    );
  }
  return new RemoteError(
    'remote_failed',
    `The store of the queue cannot be reached (${code ?? 'no answer'}). It is at the address of --queue or COLLOQUY_QUEUE.`,
    { cause: error },
  );
}

/** Lines `name:value` of INFO. */
function fieldsOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split(/\r?\n/).flatMap((line) => {
      const colon = line.indexOf(':');
      return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1)] as const];
    }),
  );
}
