/** Runs in the audio thread of a browser: what the microphone gives → 16 kHz mono, 16 bits, a tenth of a second a message. */
import { Resampler } from '../../../core/audio/resample/resample.ts';
import { planResampler } from '../../../core/audio/resample/resampler-plan.ts';
import { SampleFrames } from './sample-frames.ts';

/** What browsers have in the scope of a worklet, as far as it is needed here. */
declare const sampleRate: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

const LIVE_RATE = 16_000;

class MicrophoneProcessor extends AudioWorkletProcessor {
  readonly #resampler =
    sampleRate === LIVE_RATE ? undefined : new Resampler(planResampler(sampleRate, LIVE_RATE));
  readonly #frames = new SampleFrames((frame) => this.port.postMessage(frame, [frame.buffer]));

  process([channels = []]: readonly (readonly Float32Array[])[]): boolean {
    const [first] = channels;
    if (first === undefined) return true;
    const mono = channels.length === 1 ? first : meanOf(channels, first.length);
    this.#frames.push(this.#resampler === undefined ? mono : this.#resampler.push(mono));
    return true;
  }
}

function meanOf(channels: readonly Float32Array[], length: number): Float32Array {
  return Float32Array.from(
    { length },
    (_, index) => channels.reduce((sum, channel) => sum + channel[index]!, 0) / channels.length,
  );
}

// As `openMicrophone` calls it.
registerProcessor('colloquy-microphone', MicrophoneProcessor);
