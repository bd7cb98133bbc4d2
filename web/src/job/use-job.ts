import { useEffect, useState } from 'preact/hooks';
import type { Utterance } from '../../../core/result/result.ts';
import { askJson } from '../api.ts';
import type { JobProgress, PageJob } from '../page-types.ts';

/** A job as it goes on: from the server's events, and the result at the end. */
export type JobInView = {
  readonly job?: PageJob;
  readonly progress?: JobProgress;
  /** Those that are final so far. */
  readonly utterances: readonly Utterance[];
  readonly failure?: string;
};

export function useJob(id: string): JobInView {
  const [view, setView] = useState<JobInView>({ utterances: [] });
  useEffect(() => {
    let events: EventSource | undefined;
    let isGone = false;
    const change = (changed: Partial<JobInView>): void => {
      if (!isGone) setView((before) => ({ ...before, ...changed }));
    };
    const load = async (): Promise<PageJob | undefined> => {
      try {
        const job = await askJson<PageJob>(`/v1/jobs/${id}`);
        change({ job });
        return job;
      } catch (error) {
        change({ failure: (error as Error).message });
        return undefined;
      }
    };
    const follow = (): void => {
      events = new EventSource(`/v1/jobs/${id}/events`);
      const on = (type: string, listener: (data: Record<string, unknown>) => void): void =>
        events?.addEventListener(type, (event) => {
          // The connection itself fails with an event of the same name, without data: the browser comes again.
          if (event instanceof MessageEvent)
            listener(JSON.parse(String(event.data)) as Record<string, unknown>);
        });
      on('state', (state) =>
        setView((before) =>
          before.job === undefined
            ? before
            : { ...before, job: { ...before.job, ...(state as Partial<PageJob>) } },
        ),
      );
      on('progress', (progress) => change({ progress: progress as JobProgress }));
      on('utterance', ({ utterance }) =>
        setView((before) => ({ ...before, utterances: [...before.utterances, utterance as Utterance] })),
      );
      const end = (): void => {
        events?.close();
        void load();
      };
      on('result', end);
      on('error', end);
      on('state', ({ state }) => {
        if (state === 'canceled') end();
      });
    };
    void load().then((job) => {
      if (!isGone && (job?.state === 'queued' || job?.state === 'running')) follow();
    });
    return () => {
      isGone = true;
      events?.close();
    };
  }, [id]);
  return view;
}
