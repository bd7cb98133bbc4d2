import { readFile } from 'node:fs/promises';
import type { Engine } from '../../../core/engine/engine.ts';
import type { AudioLimits } from '../../../core/audio/limits.ts';
import type { RecordingStore } from './recording-store.ts';
import { writeWhole } from '../../work/files/pending-file.ts';
import { OWN_FILE_MODE } from './json-files.ts';
import { UnderWay } from './under-way.ts';

/** Drawings of recordings, made once and kept beside them. */
export class RecordingPeaks {
  readonly #recordings: RecordingStore;
  readonly #engine: Engine;
  readonly #limits: Partial<AudioLimits>;
  readonly #underWay = new UnderWay<Uint8Array>();

  constructor(recordings: RecordingStore, engine: Engine, limits: Partial<AudioLimits>) {
    this.#recordings = recordings;
    this.#engine = engine;
    this.#limits = limits;
  }

  /** @throws as decoding does */
  async of(id: string, perSecond: number): Promise<Uint8Array> {
    const path = this.#recordings.derivedPath(id, `peaks-${perSecond}`);
    const kept = await readFile(path).catch(() => undefined);
    if (kept !== undefined) return kept;
    return this.#underWay.once(path, () => this.#make(id, perSecond, path));
  }

  async #make(id: string, perSecond: number, path: string): Promise<Uint8Array> {
    const audio = { path: this.#recordings.audioPath(id), name: 'the recording', limits: this.#limits };
    // While it is drawn, nobody erases it.
    this.#recordings.hold(id);
    try {
      const { pairs } = await this.#engine.run('peaks', { perSecond, audio });
      const bytes = new Uint8Array(pairs.buffer, pairs.byteOffset, pairs.byteLength);
      await writeWhole(path, bytes, OWN_FILE_MODE);
      return bytes;
    } finally {
      this.#recordings.release(id);
    }
  }
}
