/** How early and how right a live session tells one recording. */
import { openAudio } from '../../../core/audio/decode.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import type { LiveEvent } from '../../../core/result/live/live-events.ts';
import { Telling } from '../../../core/live/telling.ts';
import {
  diarizationError,
  type DiarizationError,
  sumDiarizationErrors,
} from '../../../core/metrics/diarization/diarization-error.ts';
import type { Turn } from '../../../core/timeline/turns.ts';
import { liveStartSchema } from '../../../sdk/live/client-message.ts';
import { openStore } from '../../setup/composition.ts';
import { KeptSound } from '../../work/live/kept-sound.ts';
import { liveSetup } from '../../work/live/live-setup.ts';
import { MOST_KEPT_SAMPLES, runLive } from '../../work/live/run-live.ts';
import type { CliContext } from '../context.ts';

const WAITING_SAMPLES = 16_000;
/** A window ends this often. */
const STEP_SECONDS = 0.5;

/** What scoring touches of the outside. */
export type LiveEvaluationContext = Pick<CliContext, 'config' | 'signal'>;

/** How early and how right one recording, or several together, were told. */
export type LiveScore = {
  readonly first: DiarizationError;
  readonly later: DiarizationError;
  readonly end: DiarizationError;
  readonly changes: number;
  readonly minutes: number;
  readonly firstLabels: readonly number[];
  readonly labelCount: number;
  /** Wall time of each step, in seconds. */
  readonly steps: readonly number[];
};

/** Hears a recording as fast as it can be worked on, and scores what was told of it. */
export async function scoreLiveFile(
  path: string,
  truth: readonly Turn[],
  latencySeconds: number,
  engine: Engine,
  { config, signal }: LiveEvaluationContext,
): Promise<LiveScore> {
  const start = liveStartSchema.parse({ type: 'start', tasks: ['diarize'], latencySeconds });
  const input = await liveSetup(openStore(config), start, { sheds: false });
  const { blocks } = await openAudio({ path }, { signal, limits: config.audioLimits });
  const sound = new KeptSound(MOST_KEPT_SAMPLES);
  const telling = new Telling(latencySeconds);
  const clock = new StepClock();
  const onEvent = (event: LiveEvent): void => {
    telling.hear(event);
    clock.hear(event);
  };
  const listening = runLive(engine, input, sound, { signal, onEvent });
  listening.catch(() => sound.end());
  for await (const block of blocks) {
    sound.push(block);
    await sound.room(WAITING_SAMPLES);
  }
  sound.end();
  await listening;
  const { result } = telling.state;
  return {
    first: diarizationError(truth, telling.first),
    later: diarizationError(truth, telling.later),
    end: diarizationError(truth, result?.turns ?? []),
    changes: telling.changes,
    minutes: (result?.durationSeconds ?? 0) / 60,
    firstLabels: telling.firstLabelSeconds,
    labelCount: telling.labelCount,
    steps: clock.steps,
  };
}

/** How long steps take where sound always waits: between two looks at a session, a second of sound each. */
class StepClock {
  readonly steps: number[] = [];
  #last: { readonly heardSeconds: number; readonly atMs: number } | undefined;

  hear(event: LiveEvent): void {
    if (event.type !== 'status') return;
    const { heardSeconds } = event;
    const atMs = performance.now();
    if (this.#last !== undefined) {
      const count = (heardSeconds - this.#last.heardSeconds) / STEP_SECONDS;
      if (count > 0) this.steps.push((atMs - this.#last.atMs) / 1000 / count);
    }
    this.#last = { heardSeconds, atMs };
  }
}

export function sumOfLiveScores(scores: readonly LiveScore[]): LiveScore {
  const sum = (valueOf: (score: LiveScore) => number): number =>
    scores.reduce((total, score) => total + valueOf(score), 0);
  return {
    first: sumDiarizationErrors(scores.map(({ first }) => first)),
    later: sumDiarizationErrors(scores.map(({ later }) => later)),
    end: sumDiarizationErrors(scores.map(({ end }) => end)),
    changes: sum(({ changes }) => changes),
    minutes: sum(({ minutes }) => minutes),
    firstLabels: scores.flatMap(({ firstLabels }) => firstLabels),
    labelCount: sum(({ labelCount }) => labelCount),
    steps: scores.flatMap(({ steps }) => steps),
  };
}
