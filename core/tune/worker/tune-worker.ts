import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfAborted } from '../../errors.ts';
import type { ResolutionContext } from '../../resolution/resolve.ts';
import type { TuneJournalLine } from '../journal/journal-lines.ts';
import type { JournalFile } from '../journal/journal-file.ts';
import type { TuneJournalState, Trial } from '../journal/journal-state.ts';
import { evaluateSettings } from '../study/evaluate-settings.ts';
import { SCORE_PARTS, type RecordingScore } from '../study/metric.ts';
import { ABANDONED, nextTrial } from '../study/next-trial.ts';
import { checkSameStudy, type Study } from '../study/study.ts';

export type TuneWorkerOptions = {
  /** Complete trials of the whole study, all workers together, after which there is nothing left to do. */
  readonly trialCount: number;
  /** Who this is, as no other's. */
  readonly name: string;
  /** Whether the worker of this name is certainly gone: its process was one of this machine and has ended. */
  readonly isGone: (name: string) => boolean;
  /** A trial of another machine without a sign for so long has lost its worker. @default 60,000 ms */
  readonly abandonedAfterMs: number;
  /** Wall clock, for the journal's readers; nothing is decided by it. */
  readonly now: () => Date;
  readonly signal: AbortSignal | undefined;
  /** Called when a trial is done. */
  readonly onTrial?: ((state: TuneJournalState) => void) | undefined;
};

/** @default for `abandonedAfterMs` */
export const ABANDONED_AFTER_MS = 60_000;
/** A long trial shows that it lives this often. */
const BEAT_MS = 15_000;
/** While others finish the last trials. */
const WAIT_MS = 50;

/** One who makes trials of a study until there are enough, beside any number of others. */
export class TuneWorker {
  readonly #study: Study;
  readonly #journal: JournalFile;
  readonly #context: ResolutionContext;
  readonly #options: TuneWorkerOptions;
  readonly #name: string;
  /** When a running trial last gave a sign, by our own clock. */
  readonly #seen = new Map<number, { readonly signs: number; readonly atMs: number }>();

  constructor(study: Study, journal: JournalFile, context: ResolutionContext, options: TuneWorkerOptions) {
    this.#study = study;
    this.#journal = journal;
    this.#context = context;
    this.#options = options;
    this.#name = options.name;
  }

  /**
   * @throws InvalidInputError where the journal is broken or of another study; CanceledError; OutputError
   */
  async run(): Promise<void> {
    for (;;) {
      throwIfAborted(this.#options.signal);
      const claim = await this.#journal.update((state) => this.#claim(state));
      if (claim === 'done') return;
      if (claim === 'wait') {
        await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
        continue;
      }
      const won = this.#journal.state.trial(claim.number);
      if (won?.by !== this.#name) continue;
      await this.#runTrial(won);
      this.#options.onTrial?.(this.#journal.state);
    }
  }

  /** Begins the study if nobody has, and takes the next trial. */
  #claim(state: TuneJournalState): {
    lines: TuneJournalLine[];
    result: { readonly number: number } | 'wait' | 'done';
  } {
    const lines: TuneJournalLine[] = [];
    if (state.study === undefined) lines.push(this.#study.line);
    else checkSameStudy(state.study, this.#study.line);
    const trials = state.trials.map((trial) => {
      if (trial.state !== 'running' || !this.#hasLostItsWorker(trial)) return trial;
      lines.push(this.#end(trial.number, 'failed', ABANDONED));
      return { ...trial, state: 'failed' as const, reason: ABANDONED };
    });
    const running = trials.filter(({ state: own }) => own === 'running').length;
    if (state.completeCount >= this.#options.trialCount) return { lines, result: 'done' };
    if (state.completeCount + running >= this.#options.trialCount) return { lines, result: 'wait' };
    const number = (trials.at(-1)?.number ?? -1) + 1;
    const proposal = nextTrial(this.#study, number, trials, state.imported);
    if (proposal === undefined) return { lines, result: running > 0 ? 'wait' : 'done' };
    lines.push({ type: 'start', trial: number, ...proposal, by: this.#name, time: this.#time() });
    return { lines, result: { number } };
  }

  async #runTrial(trial: Trial): Promise<void> {
    const scores: RecordingScore[] = [];
    let beatAt = performance.now();
    try {
      for (const { recording, score } of evaluateSettings(this.#study, trial.settings, this.#context)) {
        scores[recording] = score;
        // Lets signals and other work in between recordings.
        await nextTurn();
        throwIfAborted(this.#options.signal);
        if (performance.now() - beatAt < BEAT_MS) continue;
        beatAt = performance.now();
        await this.#append([{ type: 'beat', trial: trial.number, by: this.#name, time: this.#time() }]);
      }
    } catch (error) {
      await this.#append([this.#end(trial.number, 'failed', failureOf(error))]).catch(() => undefined);
      throw error;
    }
    const values = scores.map((score, recording): TuneJournalLine => ({
      type: 'value',
      trial: trial.number,
      recording,
      score: SCORE_PARTS.map((part) => score[part]),
      by: this.#name,
    }));
    await this.#append([...values, this.#end(trial.number, 'complete')]);
  }

  #append(lines: readonly TuneJournalLine[]): Promise<void> {
    return this.#journal.update(() => ({ lines, result: undefined }));
  }

  #end(trial: number, state: 'complete' | 'failed', reason?: string): TuneJournalLine {
    return {
      type: 'end',
      trial,
      state,
      ...(reason === undefined ? {} : { reason }),
      by: this.#name,
      time: this.#time(),
    };
  }

  #time(): string {
    return this.#options.now().toISOString();
  }

  /** A process of this machine is seen at once, that of another only by its silence. */
  #hasLostItsWorker({ number, by, signs }: Trial): boolean {
    if (this.#options.isGone(by)) return true;
    const now = performance.now();
    const seen = this.#seen.get(number);
    if (seen?.signs !== signs) {
      this.#seen.set(number, { signs, atMs: now });
      return false;
    }
    return now - seen.atMs > this.#options.abandonedAfterMs;
  }
}

/** A trial that was stopped is taken up again, whatever stopped it. */
function failureOf(error: unknown): string {
  const isCanceled = error instanceof Error && error.name === 'CanceledError';
  return isCanceled ? ABANDONED : 'error';
}
