/**
 * Speech by voice activity detection, overlap and other voices by segmentation: the first is steadier about pauses (it
 * does not mind what a recording has above 7 kHz), the second knows how many people speak.
 */
import type { AudioBlocks } from '../../audio/waveform.ts';
import type { LabeledAudio, SpeechLabeler } from './labeled-audio.ts';

/** Both labelers hear the recording side by side, each piece of it once. */
export function labelByBoth(vad: SpeechLabeler, segmentation: SpeechLabeler): SpeechLabeler {
  return async function* (blocks, signal) {
    const [forVad, forSegmentation] = shared(blocks);
    const speech = new PieceReader(vad(forVad, signal));
    const voices = new PieceReader(segmentation(forSegmentation, signal));
    for (;;) {
      const [a, b] = await Promise.all([speech.current(), voices.current()]);
      if (a === undefined || b === undefined) return;
      const length = Math.min(a.samples.length, b.samples.length);
      yield merged(a, b, length);
      speech.skip(length);
      voices.skip(length);
    }
  };
}

/** What both say of the samples that they both speak of. */
function merged(speech: LabeledAudio, voices: LabeledAudio, length: number): LabeledAudio {
  const { startSample } = speech;
  const samples = speech.samples.subarray(0, length);
  if (speech.label === 'pause') return { label: 'pause', startSample, samples };
  if (voices.label === 'overlap') return { label: 'overlap', startSample, samples };
  if (voices.isOtherSpeaker === true) return { label: 'speech', startSample, samples, isOtherSpeaker: true };
  return { label: 'speech', startSample, samples };
}

/** The pieces of a labeler, taken in parts; the next piece is always under way. */
class PieceReader {
  readonly #pieces: AsyncGenerator<LabeledAudio>;
  #next: Promise<IteratorResult<LabeledAudio, void>>;
  #current: LabeledAudio | undefined;

  constructor(pieces: AsyncGenerator<LabeledAudio>) {
    this.#pieces = pieces;
    this.#next = this.#read();
  }

  /** What is left of the current piece; undefined at the end. */
  async current(): Promise<LabeledAudio | undefined> {
    while (this.#current === undefined || this.#current.samples.length === 0) {
      const { done, value } = await this.#next;
      if (done === true) return undefined;
      this.#current = value;
      this.#next = this.#read();
    }
    return this.#current;
  }

  skip(count: number): void {
    const piece = this.#current!;
    this.#current = {
      ...piece,
      startSample: piece.startSample + count,
      samples: piece.samples.subarray(count),
    };
  }

  #read(): Promise<IteratorResult<LabeledAudio, void>> {
    const next = this.#pieces.next();
    // Met when the piece is wanted; a job that ends before must not end the process.
    next.catch(() => undefined);
    return next;
  }
}

/** The same blocks for two readers. What one has taken waits for the other; labelers are at most half a minute apart. */
function shared(blocks: AudioBlocks): readonly [AudioBlocks, AudioBlocks] {
  const source = blocks[Symbol.asyncIterator]();
  const waiting: [Float32Array[], Float32Array[]] = [[], []];
  let reading: Promise<boolean> | undefined;

  /** Takes the next block for both; false at the end. */
  function read(): Promise<boolean> {
    reading ??= source
      .next()
      .then(({ done, value }) => {
        if (done === true) return false;
        for (const queue of waiting) queue.push(value);
        return true;
      })
      .finally(() => (reading = undefined));
    return reading;
  }

  async function* reader(index: 0 | 1): AsyncGenerator<Float32Array> {
    const queue = waiting[index];
    do {
      for (let block = queue.shift(); block !== undefined; block = queue.shift()) yield block;
    } while (queue.length > 0 || (await read()) || queue.length > 0);
  }
  return [reader(0), reader(1)];
}
