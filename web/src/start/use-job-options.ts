import { useState } from 'preact/hooks';
import { DEFAULT_JOB_OPTIONS, type JobOptions, liveJobOptions } from './job-options.ts';

/** As long as the page is open, a view has the options that were chosen in it. */
const chosen = { recordings: DEFAULT_JOB_OPTIONS, live: liveJobOptions(navigator.language) };

export function useJobOptions(
  view: keyof typeof chosen,
): readonly [JobOptions, (options: JobOptions) => void] {
  const [options, setOptions] = useState(chosen[view]);
  const choose = (next: JobOptions): void => {
    chosen[view] = next;
    setOptions(next);
  };
  return [options, choose];
}
