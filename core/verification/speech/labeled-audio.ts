import type { AudioBlocks } from '../../audio/waveform.ts';

/** What is heard in a piece of a recording. */
export const AUDIO_LABELS = ['speech', 'pause', 'overlap'] as const;

/** A piece of a recording, together with what is heard in it. Pieces follow each other without gaps. */
export type LabeledAudio = {
  readonly label: (typeof AUDIO_LABELS)[number];
  readonly startSample: number;
  readonly samples: Float32Array;
  /** Speech, but in its neighbourhood somebody else speaks more. */
  readonly isOtherSpeaker?: boolean;
};

/** Finds out what is heard where. Memory stays bounded, whatever the length. */
export type SpeechLabeler = (blocks: AudioBlocks, signal?: AbortSignal) => AsyncGenerator<LabeledAudio>;

/** Takes everything for speech: for recordings that were cut by hand, and for comparison. */
export const labelAllSpeech: SpeechLabeler = async function* (blocks) {
  let startSample = 0;
  for await (const samples of blocks) {
    yield { label: 'speech', startSample, samples };
    startSample += samples.length;
  }
};

/** The last part of a recording that arrives in blocks. */
export class RecentAudio {
  #samples = new Float32Array(1 << 16);
  /** Where in it the first sample that is still here lies. */
  #offset = 0;
  #start = 0;
  #end = 0;

  /** First sample that is still here, and the first that has not come yet. */
  get startSample(): number {
    return this.#start;
  }
  get endSample(): number {
    return this.#end;
  }

  push(block: Float32Array): void {
    const kept = this.#end - this.#start;
    if (this.#offset + kept + block.length > this.#samples.length) this.#makeRoom(kept, block.length);
    this.#samples.set(block, this.#offset + kept);
    this.#end += block.length;
  }

  /** Takes what lies before `endSample`, clamped to what has come. */
  takeUntil(endSample: number): Float32Array {
    const count = Math.max(0, Math.min(endSample, this.#end) - this.#start);
    const taken = this.#samples.slice(this.#offset, this.#offset + count);
    this.#offset += count;
    this.#start += count;
    return taken;
  }

  /** Moves what is kept to the front, of a larger buffer where it would fill more than half of this one. */
  #makeRoom(kept: number, added: number): void {
    const here = this.#samples.subarray(this.#offset, this.#offset + kept);
    if (2 * (kept + added) > this.#samples.length) this.#samples = new Float32Array(2 * (kept + added));
    this.#samples.set(here);
    this.#offset = 0;
  }
}
