import { stat } from 'node:fs/promises';
import { openAudio } from '../../../core/audio/decode.ts';
import { encodeOpus } from '../../../core/audio/ffmpeg/encode-opus.ts';
import type { AudioLimits } from '../../../core/audio/limits.ts';
import { PendingFile } from '../../work/files/pending-file.ts';
import { OWN_FILE_MODE } from './json-files.ts';
import type { RecordingStore } from './recording-store.ts';
import { UnderWay } from './under-way.ts';

/** A file to play. */
export type PlayableSound = { readonly path: string; readonly bytes: number };

/** Recordings that a browser cannot play or seek in, in a form that it can: made once, one after another, and kept beside them. */
export class PlayableSounds {
  readonly #recordings: RecordingStore;
  readonly #limits: Partial<AudioLimits>;
  readonly #underWay = new UnderWay<PlayableSound>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(recordings: RecordingStore, limits: Partial<AudioLimits>) {
    this.#recordings = recordings;
    this.#limits = limits;
  }

  /** @throws as decoding does; DependencyError `dependency_missing` without ffmpeg */
  async of(id: string): Promise<PlayableSound> {
    const path = this.#recordings.derivedPath(id, 'playable.ogg');
    const kept = await stat(path).catch(() => undefined);
    if (kept !== undefined) return { path, bytes: kept.size };
    return this.#underWay.once(id, () => {
      const made = this.#last.then(() => this.#make(id, path));
      this.#last = made.catch(() => undefined);
      return made;
    });
  }

  async #make(id: string, path: string): Promise<PlayableSound> {
    const audio = { path: this.#recordings.audioPath(id), name: 'the recording' };
    // While it is read, nobody erases it.
    this.#recordings.hold(id);
    try {
      const { blocks, close } = await openAudio(audio, { limits: this.#limits });
      const file = await PendingFile.start(path, OWN_FILE_MODE);
      try {
        for await (const part of encodeOpus(blocks, { name: audio.name })) await file.write(part);
        await file.commit();
      } catch (error) {
        await file.discard();
        throw error;
      } finally {
        await close();
      }
      return { path, bytes: (await stat(path)).size };
    } finally {
      this.#recordings.release(id);
    }
  }
}
