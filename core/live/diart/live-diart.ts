/** diart's algorithm as a live session: the events of one, with turns that are told once and never changed. */
import type { LiveEvent, LiveTurn } from '../../result/live/live-events.ts';
import { samplesToSeconds, secondsToSamples } from '../../timeline/sliding-window.ts';
import type { Turn } from '../../timeline/turns.ts';
import { resultFromTurns } from '../../transcript/result-from-segments.ts';
import { TurnAccumulator } from './accumulate-turns.ts';
import { diarizeLikeDiart, type DiartModels } from './diart-stream.ts';
import { DEFAULT_DIART_OPTIONS, type DiartOptions } from './diart-tracker.ts';
import type { SpeakerTurn } from './turns-of-scores.ts';

/** Regions are cut at frames of 17 ms. */
const TOUCHING_SECONDS = 0.05;

/**
 * Who speaks, as diart tells it, and at the end all of it. What is told of a region is told when the window is in that
 * ends `latencySeconds` after it, the first five seconds at once when they are over.
 *
 * @param blocks 16 kHz mono
 * @throws InvalidInputError `invalid_option`, and what the sound throws
 */
export async function* listenLikeDiart(
  blocks: AsyncIterable<Float32Array>,
  models: DiartModels,
  given: Partial<DiartOptions> = {},
): AsyncGenerator<LiveEvent, void, undefined> {
  const options = { ...DEFAULT_DIART_OPTIONS, ...given };
  const heard = { samples: 0 };
  const told = new TurnAccumulator();
  const known = new Set<string>();
  const shown = new OpenTurns();
  let shownSeconds = 0;
  let toldStatus = 0;
  for await (const { turns, scores } of diarizeLikeDiart(padded(blocks, heard, options), models, options)) {
    const heardSeconds = samplesToSeconds(heard.samples);
    told.add(turns);
    const region = namedTurns(turns, heardSeconds);
    for (const { speaker } of region) {
      if (!known.has(speaker)) yield { type: 'speaker', speaker, change: 'new' };
      known.add(speaker);
    }
    yield* shown.grow(region);
    shownSeconds = Math.min(
      heardSeconds,
      scores.window.startSeconds + scores.frameCount * scores.window.stepSeconds,
    );
    if (Math.floor(heardSeconds) > toldStatus) {
      toldStatus = Math.floor(heardSeconds);
      yield statusOf(heardSeconds, shownSeconds);
    }
  }
  yield* shown.grow([]);
  const durationSeconds = samplesToSeconds(heard.samples);
  const turns = namedTurns(told.merged(), durationSeconds);
  const labels = Object.fromEntries([...known].map((label) => [label, label]));
  yield { type: 'result', result: resultFromTurns(turns, durationSeconds), labels };
}

/** Turns of neighbouring regions that touch are one: it grows, and is over when a region does not go on with it. */
class OpenTurns {
  readonly #open = new Map<string, LiveTurn>();
  #nextId = 0;

  *grow(region: readonly Turn[]): Generator<LiveEvent> {
    const before = new Map(this.#open);
    this.#open.clear();
    for (const turn of region) {
      const grown = before.get(turn.speaker);
      const goesOn = grown !== undefined && turn.startSeconds - grown.endSeconds < TOUCHING_SECONDS;
      if (goesOn) before.delete(turn.speaker);
      // A second turn of the same region: the first one is over.
      const over = this.#open.get(turn.speaker);
      if (over !== undefined) yield { type: 'turn', open: false, ...over };
      const now = goesOn ? { ...grown, endSeconds: turn.endSeconds } : { ...turn, id: this.#nextId++ };
      this.#open.set(turn.speaker, now);
      yield { type: 'turn', open: true, ...now };
    }
    for (const over of before.values()) yield { type: 'turn', open: false, ...over };
  }
}

/** Zeros behind the end, so that all of it is told: up to a whole step, and for the latency; a window at least. */
async function* padded(
  blocks: AsyncIterable<Float32Array>,
  heard: { samples: number },
  { durationSeconds, stepSeconds, latencySeconds }: DiartOptions,
): AsyncGenerator<Float32Array> {
  for await (const block of blocks) {
    heard.samples += block.length;
    yield block;
  }
  const step = secondsToSamples(stepSeconds);
  const due = heard.samples + secondsToSamples(latencySeconds) - step;
  const whole = Math.max(secondsToSamples(durationSeconds), step * Math.ceil(due / step));
  if (whole > heard.samples) yield new Float32Array(whole - heard.samples);
}

/** Inside of what was heard: what lies in the zeros behind it is nobody's. */
function namedTurns(turns: readonly SpeakerTurn[], heardSeconds: number): Turn[] {
  return turns
    .map(({ startSeconds, endSeconds, speaker }) => ({
      startSeconds,
      endSeconds: Math.min(endSeconds, heardSeconds),
      speaker: `S${speaker + 1}`,
    }))
    .filter(({ startSeconds, endSeconds }) => endSeconds > startSeconds);
}

function statusOf(heardSeconds: number, shownSeconds: number): LiveEvent {
  return {
    type: 'status',
    heardSeconds,
    shownSeconds,
    textSeconds: 0,
    stableUntilSeconds: shownSeconds,
    lagSeconds: 0,
    levelDbfs: null,
  };
}
