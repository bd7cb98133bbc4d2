import { ModelError } from '../errors.ts';
import type { Session, Tensor } from '../inference/session.ts';
import { SAMPLE_RATE } from '../timeline/sliding-window.ts';
import { VAD_CHUNK_SAMPLES } from './vad-chunk.ts';

/** Samples of the chunk before that the network hears again; without them it finds no speech at all. */
const CONTEXT_SAMPLES = 64;
const HEARD_SAMPLES = CONTEXT_SAMPLES + VAD_CHUNK_SAMPLES;
const STATE_DIMS = [2, 1, 128] as const;
const STATE_LENGTH = 2 * 1 * 128;
/** 2 s of audio, a run of 1 ms: more a run gains nothing (14 µs a chunk), and runs block their thread. */
const MAX_CHUNKS = 64;

/**
 * Speech probabilities of one recording by Silero VAD 5 and later: one per 512 samples, from a network that remembers
 * what it heard. Blocks may have any size; the probabilities do not depend on it, to the last bit.
 *
 * What a block completes is computed at once: no chunk waits for the next block. A session of `openSilero` takes many
 * chunks a run; one of a published graph takes one, nine times slower, with the same result but for rounding.
 *
 * One object per recording, one call at a time. The session may be shared.
 *
 * @see silero-vad `OnnxWrapper.__call__`
 */
export class SileroVad {
  readonly #session: Session;
  readonly #maxChunks: number;
  /** A row per chunk: context, then samples. Complete ones first, then the one that is being filled. */
  readonly #rows: Float32Array;
  #complete = 0;
  #filled = 0;
  #state = new Float32Array(STATE_LENGTH);

  constructor(session: Session) {
    this.#session = session;
    this.#maxChunks = isSequence(session) ? MAX_CHUNKS : 1;
    this.#rows = new Float32Array((this.#maxChunks + 1) * HEARD_SAMPLES);
  }

  /**
   * Takes the next samples and gives the probabilities of the chunks that they complete.
   *
   * @throws ModelError `inference_failed`, `model_shape_mismatch`
   */
  async push(block: Float32Array): Promise<Float32Array> {
    const probabilities = new Float32Array(Math.floor((this.#filled + block.length) / VAD_CHUNK_SAMPLES));
    let given = 0;
    for (let taken = 0; taken < block.length;) {
      taken += this.#fill(block.subarray(taken));
      if (this.#complete < this.#maxChunks && taken < block.length) continue;
      const found = await this.#run();
      probabilities.set(found, given);
      given += found.length;
    }
    return probabilities;
  }

  /** Ends the recording: the probability of the last, incomplete chunk, continued with zeros; none if there is none. */
  async finish(): Promise<Float32Array> {
    if (this.#filled > 0) this.#fill(new Float32Array(VAD_CHUNK_SAMPLES - this.#filled));
    return this.#run();
  }

  /** Puts samples into the row that is being filled and says how many. */
  #fill(samples: Float32Array): number {
    const piece = samples.subarray(0, VAD_CHUNK_SAMPLES - this.#filled);
    const row = this.#complete * HEARD_SAMPLES;
    this.#rows.set(piece, row + CONTEXT_SAMPLES + this.#filled);
    this.#filled += piece.length;
    if (this.#filled === VAD_CHUNK_SAMPLES) {
      this.#complete++;
      this.#filled = 0;
      this.#rows.copyWithin(row + HEARD_SAMPLES, row + VAD_CHUNK_SAMPLES, row + HEARD_SAMPLES);
    }
    return piece.length;
  }

  /** Runs the complete rows and moves the one behind them to the front. */
  async #run(): Promise<Float32Array> {
    const count = this.#complete;
    if (count === 0) return new Float32Array();
    const chunks = { data: this.#rows.subarray(0, count * HEARD_SAMPLES), dims: [count, HEARD_SAMPLES] };
    const outputs = await this.#session.run(this.#feeds(chunks));
    const probabilities = (outputs.probabilities ?? outputs.output)?.data;
    const state = outputs.stateN?.data;
    if (
      !(probabilities instanceof Float32Array && probabilities.length === count) ||
      !(state instanceof Float32Array && state.length === STATE_LENGTH)
    ) {
      throw new ModelError(
        'model_shape_mismatch',
        `Model ${this.#session.model.id} did not give one probability a chunk and a state; expected Silero VAD 5 or later.`,
      );
    }
    this.#state.set(state);
    this.#rows.copyWithin(0, count * HEARD_SAMPLES, (count + 1) * HEARD_SAMPLES);
    this.#complete = 0;
    return probabilities;
  }

  #feeds(chunks: Tensor): Record<string, Tensor> {
    const state = { data: this.#state, dims: STATE_DIMS };
    if (isSequence(this.#session)) return { chunks, state };
    if (!this.#session.inputNames.includes('sr')) return { input: chunks, state };
    // A graph for 16 kHz alone need not be told the rate.
    return { input: chunks, state, sr: { data: BigInt64Array.of(BigInt(SAMPLE_RATE)), dims: [] } };
  }
}

/** Whether the graph is that of `silero-sequence-graph.ts`. */
function isSequence(session: Session): boolean {
  return session.inputNames.includes('chunks');
}
