/** Observes a part of a long recording, so that several machines can share it; see `joinObservations`. */
import type { AudioBlocks } from '../audio/waveform.ts';
import { InvalidInputError } from '../errors.ts';
import type { Observations } from '../resolution/observations.ts';
import { samplesToSeconds } from '../timeline/sliding-window.ts';
import type { ObservationsPart } from './join-observations.ts';
import { observe, type ObserveContext, type ObserveOptions } from './observe.ts';
import { planPart, type PartPlan, type RecordingPart } from './recording-part.ts';

/**
 * What `observe` would see in a part of the recording. What is around it is heard too and thrown away; what is before
 * that is read and not looked at.
 *
 * @param blocks the whole recording
 * @throws InvalidInputError `invalid_option` for a part that is none, or behind the end; and as `observe`
 */
export async function observePart(
  blocks: AudioBlocks,
  models: Parameters<typeof observe>[1],
  options: ObserveOptions,
  part: RecordingPart,
  context: ObserveContext = {},
): Promise<ObservationsPart> {
  const plan = planPart(part, options.chunkHopSamples);
  const heard = { samples: 0, isOver: false };
  const observations = await observe(cut(blocks, plan, heard), models, options, context);
  const startSeconds = samplesToSeconds(plan.firstChunk * options.chunkHopSamples);
  if (heard.samples <= plan.firstChunk * options.chunkHopSamples) {
    throw new InvalidInputError(
      'invalid_option',
      `The part from ${startSeconds} s is behind the end of the recording, which is ${samplesToSeconds(heard.samples).toFixed(3)} s long.`,
      { details: { option: 'part', durationSeconds: samplesToSeconds(heard.samples) } },
    );
  }
  const skipped = plan.firstChunk - plan.startSample / options.chunkHopSamples;
  const left = Math.max(0, observations.chunkCount - skipped);
  const kept = Math.min(left, plan.endChunk - plan.firstChunk);
  return {
    firstChunk: plan.firstChunk,
    isLast: heard.isOver && kept === left,
    observations: { ...chunksOf(observations, skipped, kept), sampleCount: heard.samples },
  };
}

/** The samples of a plan; how much of the recording there was. */
async function* cut(
  blocks: AudioBlocks,
  { startSample, endSample }: PartPlan,
  heard: { samples: number; isOver: boolean },
): AudioBlocks {
  for await (const block of blocks) {
    const from = Math.max(0, startSample - heard.samples);
    const to = Math.min(block.length, endSample - heard.samples);
    heard.samples += block.length;
    if (to > from) yield block.subarray(from, to);
    if (heard.samples > endSample) return;
  }
  heard.isOver = true;
}

/** Chunks `first` to `first + count` of observations. */
function chunksOf(observations: Observations, first: number, count: number): Observations {
  const { activity, embeddings, framesPerChunk, localSpeakerCount, embeddingDimension } = observations;
  const vectorLength = localSpeakerCount * embeddingDimension;
  return {
    ...observations,
    chunkCount: count,
    activity: activity.slice(first * framesPerChunk, (first + count) * framesPerChunk),
    embeddings: embeddings.slice(first * vectorLength, (first + count) * vectorLength),
  };
}
