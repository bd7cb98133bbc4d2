import { useRef } from 'preact/hooks';
import type { JobProgress, PageJob } from '../page-types.ts';
import { lengthInWords } from '../parts/clock.ts';
import { secondsLeft, stageStartOf, type StageStart } from './time-left.ts';

const STAGES: Readonly<Record<string, string>> = {
  fetch: 'Getting the recording',
  decode: 'Reading the sound',
  observe: 'Listening to voices',
  cluster: 'Telling speakers apart',
  resolve: 'Telling speakers apart',
  recognise: 'Writing down words',
  align: 'Timing words',
  render: 'Writing files',
};

/** Where a job is, in words, with the time that is left of the stage; and as a part of one, where that is known. */
export function useProgressText(
  { state, position }: PageJob,
  progress: JobProgress | undefined,
): { readonly text: string; readonly share: number | undefined } {
  const start = useRef<StageStart | undefined>(undefined);
  if (progress === undefined || state !== 'running') {
    const text = position === undefined ? 'Starting …' : `Waiting: number ${position} in line`;
    return { text, share: undefined };
  }
  const now = performance.now();
  start.current = stageStartOf(start.current, progress, now);
  const left = secondsLeft(start.current, progress, now);
  const stage = STAGES[progress.stage] ?? progress.stage;
  return {
    text: left === undefined ? stage : `${stage}, about ${lengthInWords(left)} left`,
    share:
      progress.total === null || progress.total === 0
        ? undefined
        : Math.min(1, progress.done / progress.total),
  };
}
