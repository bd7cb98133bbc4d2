import {
  InputReplaced,
  type BatchStore,
  type StoredObject,
  type VersionedObject,
} from '../../handlers/batch/store/batch-store.ts';
import { RemoteError } from '../../core/errors.ts';
import type { JobRecording } from '../../handlers/work/jobs/job-recording.ts';

/** When a call of the store goes wrong: before it takes effect, or after, when its reply is lost. */
export type Fault = 'before' | 'after' | undefined;

/** A store in memory that goes wrong as it is told to, and remembers every version of every object. */
export class FaultyStore implements BatchStore {
  readonly name = 's3://memory';
  readonly hasAtomicCreate: boolean = true;
  /** Key to all its contents, oldest first; an empty list is an object that was removed. */
  readonly versions = new Map<string, string[]>();
  requests = 0;
  /** Asked before each call that writes. */
  nextFault: () => Fault = () => undefined;

  put(key: string, text: string): void {
    this.versions.set(key, [...(this.versions.get(key) ?? []), text]);
  }

  text(key: string): string | undefined {
    return this.versions.get(key)?.at(-1);
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async *list(prefix: string): AsyncGenerator<readonly StoredObject[]> {
    const keys = [...this.versions.keys()].filter((key) => key.startsWith(prefix)).sort();
    for (let i = 0; i < Math.max(1, keys.length); i += 1000) {
      this.requests += 1;
      yield keys.slice(i, i + 1000).flatMap((key) => this.#objectOf(key) ?? []);
    }
  }

  head(key: string): Promise<VersionedObject | undefined> {
    this.requests += 1;
    return Promise.resolve(this.#objectOf(key));
  }

  read(key: string): Promise<Uint8Array | undefined> {
    this.requests += 1;
    const text = this.text(key);
    return Promise.resolve(text === undefined ? undefined : new TextEncoder().encode(text));
  }

  create(key: string, bytes: Uint8Array): Promise<boolean> {
    return this.#write(() => {
      if (this.text(key) !== undefined) return false;
      this.put(key, new TextDecoder().decode(bytes));
      return true;
    });
  }

  write(key: string, bytes: Uint8Array): Promise<void> {
    return this.#write(() => this.put(key, new TextDecoder().decode(bytes)));
  }

  remove(key: string): Promise<void> {
    return this.#write(() => void this.versions.delete(key));
  }

  recording(object: VersionedObject): JobRecording {
    return {
      open: () => {
        if (this.#objectOf(object.key)?.version !== object.version)
          return Promise.reject(new InputReplaced());
        return Promise.resolve({
          audio: { path: object.key, name: object.key },
          dispose: () => Promise.resolve(),
        });
      },
    };
  }

  #objectOf(key: string): VersionedObject | undefined {
    const versions = this.versions.get(key);
    const text = versions?.at(-1);
    return text === undefined ? undefined : { key, sizeBytes: text.length, version: `v${versions!.length}` };
  }

  #write<T>(effect: () => T): Promise<T> {
    this.requests += 1;
    const fault = this.nextFault();
    if (fault === 'before') return Promise.reject(unreachable());
    const result = effect();
    return fault === 'after' ? Promise.reject(unreachable()) : Promise.resolve(result);
  }
}

function unreachable(): RemoteError {
  return new RemoteError('remote_failed', 'The S3 store cannot be reached (ECONNRESET). Try again later.');
}
