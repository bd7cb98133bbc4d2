import { InvalidInputError } from '../../errors.ts';
import { SCORE_PARTS, type RecordingScore } from '../study/metric.ts';
import type { Settings } from '../../resolution/settings.ts';
import type { ImportedLine, TuneJournalLine, StartLine, StudyLine } from './journal-lines.ts';

/** A trial as the journal tells it. */
export type Trial = {
  readonly number: number;
  readonly settings: Settings;
  readonly source: StartLine['source'];
  readonly fold: number;
  /** Who runs it: host, process, worker. */
  readonly by: string;
  /** By recording; missing where it was not scored. */
  readonly scores: readonly (RecordingScore | undefined)[];
  readonly state: 'running' | 'complete' | 'failed';
  /** Why it failed. */
  readonly reason?: string | undefined;
  /** Grows with everything that its worker writes. */
  readonly signs: number;
};

/**
 * What a journal says, line by line. The first claim of a trial's number counts: a second one loses, whatever happened
 * to the lock. A trial that was given up while its worker was only slow counts once it is complete.
 */
export class TuneJournalState {
  #study: StudyLine | undefined;
  readonly #trials = new Map<number, Trial>();
  readonly #imported: ImportedLine[] = [];

  get study(): StudyLine | undefined {
    return this.#study;
  }

  /** By number. */
  get trials(): Trial[] {
    return [...this.#trials.values()].sort((a, b) => a.number - b.number);
  }

  get imported(): readonly ImportedLine[] {
    return this.#imported;
  }

  get completeCount(): number {
    return [...this.#trials.values()].filter(({ state }) => state === 'complete').length;
  }

  get runningCount(): number {
    return [...this.#trials.values()].filter(({ state }) => state === 'running').length;
  }

  trial(number: number): Trial | undefined {
    return this.#trials.get(number);
  }

  /** @throws InvalidInputError `invalid_file` where a second study begins in the journal */
  apply(lines: readonly TuneJournalLine[]): void {
    for (const line of lines) this.#applyLine(line);
  }

  #applyLine(line: TuneJournalLine): void {
    switch (line.type) {
      case 'study':
        if (this.#study !== undefined) {
          throw new InvalidInputError('invalid_file', 'The journal holds two studies; give each its own.');
        }
        this.#study = line;
        return;
      case 'start':
        if (this.#trials.has(line.trial)) return;
        this.#trials.set(line.trial, {
          number: line.trial,
          settings: line.settings,
          source: line.source,
          fold: line.fold,
          by: line.by,
          scores: [],
          state: 'running',
          signs: 0,
        });
        return;
      case 'imported':
        this.#imported.push(line);
        return;
      case 'torn':
        return;
      case 'beat':
        this.#change(line.trial, line.by, (trial) => trial);
        return;
      case 'value':
        this.#change(line.trial, line.by, (trial) => ({
          ...trial,
          scores: withScore(trial.scores, line.recording, line.score),
        }));
        return;
      case 'end':
        this.#end(line);
    }
  }

  /** Only who claimed the trial speaks for it. */
  #change(number: number, by: string, change: (trial: Trial) => Trial): void {
    const trial = this.#trials.get(number);
    if (trial?.by === by) this.#trials.set(number, { ...change(trial), signs: trial.signs + 1 });
  }

  #end({ trial: number, by, state, reason }: Extract<TuneJournalLine, { type: 'end' }>): void {
    const trial = this.#trials.get(number);
    // Anybody may give up a trial whose worker is gone; only its worker completes it.
    if (trial === undefined || trial.state === 'complete') return;
    if (state === 'complete' && trial.by !== by) return;
    this.#trials.set(number, { ...trial, state, reason, signs: trial.signs + 1 });
  }
}

function withScore(
  scores: readonly (RecordingScore | undefined)[],
  recording: number,
  parts: readonly number[],
): (RecordingScore | undefined)[] {
  const next = [...scores];
  next[recording] = Object.fromEntries(
    SCORE_PARTS.map((part, index) => [part, parts[index]!]),
  ) as RecordingScore;
  return next;
}
