import type { AudioBlocks } from '../audio/waveform.ts';
import { throwIfAborted } from '../errors.ts';
import type { Session } from '../inference/session.ts';
import type { HysteresisOptions } from './hysteresis-options.ts';
import { SpeechSegmenter, type SpeechSegment } from './hysteresis.ts';
import { SileroVad } from './silero.ts';

/** How speech is found in a recording, and what is told of it meanwhile. */
export type SpeechDetectionOptions = {
  /** How probabilities become segments. @default `DEFAULT_HYSTERESIS_OPTIONS` */
  readonly segmentation?: Partial<HysteresisOptions>;
  /** Called with the probabilities of every 512 samples, in order. @default they are not kept */
  readonly onProbabilities?: (probabilities: Float32Array) => void;
  /** Stops it. @default it goes on to the end of the recording */
  readonly signal?: AbortSignal | undefined;
};

/**
 * Finds the speech in a recording with Silero VAD, segment by segment as each becomes certain. Memory does not grow.
 *
 * Silence is a recording without segments, not an error.
 *
 * @param session of `openSilero`; one of `openOnnxSession` gives the same, more slowly
 * @throws InvalidInputError `invalid_option`
 * @throws ModelError `inference_failed`, `model_shape_mismatch`
 * @throws CanceledError when the signal is aborted
 */
export async function* detectSpeech(
  session: Session,
  blocks: AudioBlocks,
  options: SpeechDetectionOptions = {},
): AsyncGenerator<SpeechSegment, void, undefined> {
  const vad = new SileroVad(session);
  const segmenter = new SpeechSegmenter(options.segmentation);
  let sampleCount = 0;

  function* segmentsOf(probabilities: Float32Array): Generator<SpeechSegment> {
    options.onProbabilities?.(probabilities);
    for (const probability of probabilities) yield* segmenter.push(probability);
  }

  for await (const block of blocks) {
    throwIfAborted(options.signal);
    sampleCount += block.length;
    yield* segmentsOf(await vad.push(block));
  }
  yield* segmentsOf(await vad.finish());
  yield* segmenter.finish(sampleCount);
}
