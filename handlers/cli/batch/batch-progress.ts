/** How far a batch is, for people and for programs. */
import { readableTime } from '../../../core/formats/writing/clock.ts';
import type { BatchCounts, BatchRate } from '../../batch/run/batch-counts.ts';
import type { ItemEvent } from '../../batch/run/run-items.ts';
import type { CliContext } from '../context.ts';
import type { Messenger } from '../output/progress.ts';

/** Prints events: JSON lines for programs, failures and a line now and then for people. */
export function batchReporter(
  isJson: boolean,
  messenger: Messenger,
  { stdout }: CliContext,
): (event: ItemEvent, counts: BatchCounts, rate: BatchRate) => void {
  if (isJson) {
    return (event) => {
      if (event.type === 'progress') return;
      const { type, item } = event;
      const failure = 'failure' in event ? { code: event.failure.code, message: event.failure.message } : {};
      const seconds = 'audioSeconds' in event ? { audioSeconds: event.audioSeconds } : {};
      stdout.write(
        `${JSON.stringify({ schemaVersion: 1, type, item: item.id, name: item.name, ...seconds, ...failure })}\n`,
      );
    };
  }
  return (event, counts, rate) => {
    const reference = { index: counts.done, name: event.item.name };
    if (event.type === 'dead') messenger.error(reference, event.failure);
    else if (event.type === 'retry')
      messenger.note(`${event.item.name}: ${event.failure.message} It is tried again.`);
    else if (event.type === 'replaced')
      messenger.note(`${event.item.name} was replaced meanwhile; run the batch again for it.`);
    const done = counts.done + counts.dead + counts.replaced;
    messenger.progress(
      { index: 0, name: progressText(counts, rate) },
      { stage: 'batch', done, total: counts.planned },
    );
  };
}

function progressText(counts: BatchCounts, rate: BatchRate): string {
  const now = performance.now() / 1000;
  const left = rate.secondsLeft(now, counts.bytesPlanned - counts.bytesDone);
  const speed = `${rate.timesRealTime(now).toFixed(0)} × real time`;
  return left === undefined ? speed : `${speed}, ${readableTime(left)} left`;
}

/** The last line. */
export function outcomeText(counts: BatchCounts, ended: number): string {
  const parts = [
    `${counts.done} done`,
    ...(ended > 0 ? [`${ended} were done before`] : []),
    ...(counts.dead > 0 ? [`${counts.dead} failed`] : []),
    ...(counts.replaced > 0 ? [`${counts.replaced} replaced meanwhile`] : []),
  ];
  return `${parts.join(', ')}; ${readableTime(counts.audioSeconds)} of audio`;
}
