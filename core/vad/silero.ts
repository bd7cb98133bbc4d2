import { ModelError } from '../errors.ts';
import { sharedFloat32, type Session } from '../inference/session.ts';
import { SAMPLE_RATE } from '../timeline/sliding-window.ts';
import { VAD_CHUNK_SAMPLES } from './vad-chunk.ts';

/** Samples of the chunk before that the network hears again; without them it finds no speech at all. */
const CONTEXT_SAMPLES = 64;
const STATE_DIMS = [2, 1, 128] as const;

/**
 * Speech probabilities of one recording by Silero VAD 5 and later: one per 512 samples, from a network that remembers
 * what it heard. Blocks may have any size; the probabilities do not depend on it.
 *
 * One object per recording, one call at a time. The session may be shared.
 *
 * @see silero-vad `OnnxWrapper.__call__`
 */
export class SileroVad {
  readonly #session: Session;
  /** Context, then the chunk that is being filled. */
  readonly #input = sharedFloat32(CONTEXT_SAMPLES + VAD_CHUNK_SAMPLES);
  readonly #rate = BigInt64Array.of(BigInt(SAMPLE_RATE));
  /** The graph for 16 kHz alone has no rate to be told. */
  readonly #takesRate: boolean;
  #state = sharedFloat32(STATE_DIMS[0] * STATE_DIMS[1] * STATE_DIMS[2]);
  #filled = 0;

  constructor(session: Session) {
    this.#session = session;
    this.#takesRate = session.inputNames.includes('sr');
  }

  /**
   * Takes the next samples and gives the probabilities of the chunks that they complete.
   *
   * @throws ModelError `inference_failed`, `model_shape_mismatch`
   */
  async push(block: Float32Array): Promise<Float32Array> {
    const probabilities = new Float32Array(Math.floor((this.#filled + block.length) / VAD_CHUNK_SAMPLES));
    let taken = 0;
    for (let chunk = 0; chunk < probabilities.length; chunk++) {
      taken += this.#fill(block.subarray(taken));
      probabilities[chunk] = await this.#run();
    }
    this.#fill(block.subarray(taken));
    return probabilities;
  }

  /** Ends the recording: the probability of the last, incomplete chunk, continued with zeros; none if there is none. */
  async finish(): Promise<Float32Array> {
    if (this.#filled === 0) return new Float32Array();
    this.#input.fill(0, CONTEXT_SAMPLES + this.#filled);
    return Float32Array.of(await this.#run());
  }

  /** Puts samples into the chunk until it is full and says how many. */
  #fill(samples: Float32Array): number {
    const piece = samples.subarray(0, VAD_CHUNK_SAMPLES - this.#filled);
    this.#input.set(piece, CONTEXT_SAMPLES + this.#filled);
    this.#filled += piece.length;
    return piece.length;
  }

  async #run(): Promise<number> {
    const { output, stateN } = await this.#session.run({
      input: { data: this.#input, dims: [1, this.#input.length] },
      state: { data: this.#state, dims: STATE_DIMS },
      ...(this.#takesRate ? { sr: { data: this.#rate, dims: [] } } : {}),
    });
    if (output?.data.length !== 1 || !(stateN?.data instanceof Float32Array)) {
      throw new ModelError(
        'model_shape_mismatch',
        `Model ${this.#session.model.id} did not give one probability and a state; expected Silero VAD 5 or later.`,
      );
    }
    this.#state.set(stateN.data);
    this.#input.copyWithin(0, VAD_CHUNK_SAMPLES);
    this.#filled = 0;
    return Number(output.data[0]);
  }
}
