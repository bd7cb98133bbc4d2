/** Speech, pauses and overlap by the segmentation network of diarization, which tells voices apart as well. */
import { throwIfAborted } from '../../errors.ts';
import type { SpeakerSegmenter } from '../../segmentation/segment-speakers.ts';
import { type LabeledAudio, RecentAudio, type SpeechLabeler } from './labeled-audio.ts';
import { samplesToSeconds } from '../../timeline/sliding-window.ts';

/** Pauses within speech up to this length stay in: cutting them out costs more than they harm (as Resemblyzer does). */
const MAX_KEPT_PAUSE_SECONDS = 0.2;
/** Shorter speech on its own is a click or a breath. */
const MIN_SPEECH_SECONDS = 0.1;

/** A run of frames of one kind. */
type Run = { kind: Kind; frames: number };
type Kind = 'speech' | 'other' | 'overlap' | 'pause';

/** Chunks follow each other without overlap: one run of the network each 10 s. */
export function labelBySegmentation(segmenter: SpeakerSegmenter): SpeechLabeler {
  const { chunkSamples } = segmenter.spec;
  return async function* (blocks, signal) {
    const audio = new RecentAudio();
    const running: Promise<LabeledAudio[]>[] = [];
    const start = (): void => {
      const startSample = audio.startSample;
      const labeled = labelChunk(segmenter, audio.takeUntil(startSample + chunkSamples), startSample);
      // Whoever takes the chunk meets the failure; one that is never taken must not end the process.
      labeled.catch(() => undefined);
      running.push(labeled);
    };
    for await (const block of blocks) {
      throwIfAborted(signal);
      audio.push(block);
      while (audio.endSample - audio.startSample >= chunkSamples) start();
      while (running.length > segmenter.network.concurrency) yield* await running.shift()!;
    }
    if (audio.endSample > audio.startSample) start();
    for (const labeled of running) yield* await labeled;
  };
}

/** Labels one chunk; a shorter one, at the end, is continued with zeros. */
async function labelChunk(
  segmenter: SpeakerSegmenter,
  samples: Float32Array,
  startSample: number,
): Promise<LabeledAudio[]> {
  const { chunkSamples, receptiveFieldSamples, frameHopSamples } = segmenter.spec;
  const chunk = new Float32Array(chunkSamples);
  chunk.set(samples);
  const activity = await segmenter.segment({ samples: chunk, windowCount: 1, hopSamples: chunkSamples });
  const frameSeconds = samplesToSeconds(frameHopSamples);
  const runs = smoothed(runsOf(kindsOf(activity)), frameSeconds);
  const labeled: LabeledAudio[] = [];
  let frame = 0;
  let from = 0;
  for (const { kind, frames } of runs) {
    frame += frames;
    // A frame stands for the hop around its middle; the last one for all that follows.
    const border = frame * frameHopSamples + Math.round((receptiveFieldSamples - frameHopSamples) / 2);
    const to = frame === activity.length ? samples.length : Math.min(samples.length, border);
    if (to > from) labeled.push(piece(kind, startSample + from, samples.subarray(from, to)));
    from = to;
  }
  return labeled;
}

function piece(kind: Kind, startSample: number, samples: Float32Array): LabeledAudio {
  if (kind === 'other') return { label: 'speech', startSample, samples, isOtherSpeaker: true };
  return { label: kind, startSample, samples };
}

/** One kind a frame; who speaks alone most in this chunk is its speaker, the others are others. */
function kindsOf(activity: Uint8Array): Kind[] {
  const alone = new Map<number, number>();
  for (const bits of activity) if (isSingle(bits)) alone.set(bits, (alone.get(bits) ?? 0) + 1);
  const [main] = [...alone].sort(([bitsA, a], [bitsB, b]) => b - a || bitsA - bitsB)[0] ?? [];
  return Array.from(activity, (bits) => {
    if (bits === 0) return 'pause';
    if (!isSingle(bits)) return 'overlap';
    return bits === main ? 'speech' : 'other';
  });
}

function isSingle(bits: number): boolean {
  return bits !== 0 && (bits & (bits - 1)) === 0;
}

function runsOf(kinds: readonly Kind[]): Run[] {
  const runs: Run[] = [];
  for (const kind of kinds) append(runs, { kind, frames: 1 });
  return runs;
}

/** Fills short pauses between speech with what went before, then drops what is too short to be speech. */
function smoothed(runs: readonly Run[], frameSeconds: number): Run[] {
  const filled: Run[] = [];
  runs.forEach((run, index) => {
    const previous = filled.at(-1);
    const isInside = previous !== undefined && previous.kind !== 'pause' && index + 1 < runs.length;
    const isShort = run.frames * frameSeconds <= MAX_KEPT_PAUSE_SECONDS;
    if (run.kind === 'pause' && isInside && isShort) previous.frames += run.frames;
    else append(filled, { ...run });
  });
  const kept: Run[] = [];
  filled.forEach((run, index) => {
    const isAlone = [filled[index - 1], filled[index + 1]].every(
      (next) => (next?.kind ?? 'pause') === 'pause',
    );
    const isShort = run.frames * frameSeconds < MIN_SPEECH_SECONDS;
    append(kept, isAlone && isShort ? { ...run, kind: 'pause' } : { ...run });
  });
  return kept;
}

/** Adds a run, joined with the last one where both are of one kind. */
function append(runs: Run[], run: Run): void {
  const last = runs.at(-1);
  if (last?.kind === run.kind) last.frames += run.frames;
  else runs.push(run);
}
