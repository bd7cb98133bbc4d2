import { useState } from 'preact/hooks';
import { DEFAULT_JOB_OPTIONS, type JobOptions } from './job-options.ts';

/** As long as the page is open, every view has the options that were chosen in one of them. */
let chosen = DEFAULT_JOB_OPTIONS;

export function useJobOptions(): readonly [JobOptions, (options: JobOptions) => void] {
  const [options, setOptions] = useState(chosen);
  const choose = (next: JobOptions): void => {
    chosen = next;
    setOptions(next);
  };
  return [options, choose];
}
