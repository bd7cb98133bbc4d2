import { throwIfAborted } from '../../errors.ts';
import { SAMPLE_RATE } from '../../timeline/sliding-window.ts';
import { takeChannel } from '../mix/channel-selection.ts';
import { noSamples } from '../no-samples.ts';
import type { PcmStream } from '../pcm-stream.ts';
import { Resampler } from './resample.ts';
import { planResampler } from './resampler-plan.ts';

/**
 * Resamples to 16 kHz: for every channel that is wanted one waveform, all equally long.
 *
 * Yields fresh arrays of at most one second, one for each channel; closes `pcm` in the end, however it ends.
 *
 * @throws InvalidInputError `audio_too_short` when not a single sample came out
 */
export async function* toCoreRate(
  pcm: PcmStream,
  channels: readonly number[],
  options: { readonly name: string; readonly signal?: AbortSignal | undefined },
): AsyncGenerator<Float32Array[]> {
  const converters = createConverters(pcm.sampleRate, channels.length);
  let samples = 0;
  try {
    for await (const frames of pcm.blocks) {
      throwIfAborted(options.signal);
      const block = channels.map((channel, i) =>
        converters[i]!.push(takeChannel(frames, pcm.channels, channel)),
      );
      samples += block[0]!.length;
      if (block[0]!.length > 0) yield block;
    }
    const tail = converters.map((converter) => converter.finish());
    samples += tail[0]!.length;
    if (tail[0]!.length > 0) yield tail;
    if (samples === 0) throw noSamples(options.name);
  } finally {
    await pcm.close();
  }
}

type Converter = Pick<Resampler, 'push' | 'finish'>;

const IDENTITY: Converter = { push: (input) => input, finish: () => new Float32Array(0) };

function createConverters(sampleRate: number, count: number): Converter[] {
  if (sampleRate === SAMPLE_RATE) return new Array<Converter>(count).fill(IDENTITY);
  const plan = planResampler(sampleRate, SAMPLE_RATE);
  return Array.from({ length: count }, () => new Resampler(plan));
}
