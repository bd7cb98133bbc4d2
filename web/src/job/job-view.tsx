import { useEffect, useRef, useState } from 'preact/hooks';
import { ask, askJson, resultOf } from '../api.ts';
import type { JobProgress, PageJob, PageRecording } from '../page-types.ts';
import { readableTime } from '../parts/clock.ts';
import { Icon } from '../parts/icon.tsx';
import { sentence } from '../parts/sentence.ts';
import { TEXTS } from '../texts.ts';
import { Editor } from './editor.tsx';
import { useProgressText } from './progress-text.ts';
import { useJob, type JobInView } from './use-job.ts';

/** One recording: how far it is, then its transcript. */
export function JobView({ id }: { readonly id: string }) {
  const view = useJob(id);
  const { job, failure } = view;
  const recording = useRecording(job?.recordings[0]);
  if (failure !== undefined) {
    return (
      <section class="card narrow">
        <h1>This recording cannot be shown</h1>
        <p role="alert">{failure}</p>
        <a class="button primary" href="#/">
          {TEXTS.backToStart}
        </a>
      </section>
    );
  }
  if (job === undefined) return <p role="status">Loading …</p>;
  const result = resultOf(job);
  const name = recording?.name ?? 'Recording';
  if (job.state === 'completed' && result !== undefined)
    return <Editor job={job} result={result} name={name} recording={job.recordings[0]} />;
  return <Waiting name={name} job={job} view={view} />;
}

function useRecording(id: string | undefined): PageRecording | undefined {
  const [recording, setRecording] = useState<PageRecording>();
  useEffect(() => {
    if (id !== undefined) askJson<PageRecording>(`/v1/recordings/${id}`).then(setRecording, () => undefined);
  }, [id]);
  return recording;
}

function Waiting({
  name,
  job,
  view: { progress, utterances },
}: {
  readonly name: string;
  readonly job: PageJob;
  readonly view: JobInView;
}) {
  const failed = job.error?.message ?? job.output?.results[0]?.error?.message;
  const isOver = job.state !== 'queued' && job.state !== 'running';
  return (
    <>
      <h1>{name}</h1>
      {isOver ? (
        <div class="card row">
          <span class="badge failed" aria-hidden="true">
            <Icon name="wrong" />
          </span>
          <p class="grow" role="alert">
            {sentence(failed ?? (job.state === 'canceled' ? TEXTS.wasCanceled : TEXTS.noResult))}
          </p>
          <EraseAndBack job={job} />
        </div>
      ) : (
        <div class="card">
          <ProgressOf job={job} progress={progress} />
          <button
            type="button"
            class="under"
            onClick={() => void ask(`/v1/jobs/${job.id}/cancel`, { method: 'POST' }).catch(() => undefined)}
          >
            {TEXTS.cancel}
          </button>
        </div>
      )}
      {utterances.length > 0 && (
        <section class="card" aria-label="So far">
          {utterances.map(({ startSeconds, text }, index) => (
            <p key={index} class="words">
              <span class="time soft small">{readableTime(startSeconds)}</span> {text}
            </p>
          ))}
        </section>
      )}
    </>
  );
}

function EraseAndBack({ job }: { readonly job: PageJob }) {
  const toStart = (): void => {
    location.hash = '#/';
  };
  const erase = (): void =>
    void ask(`/v1/jobs/${job.id}?erase=true`, { method: 'DELETE' }).then(toStart, toStart);
  return (
    <>
      <button type="button" onClick={erase}>
        <Icon name="erase" /> {TEXTS.erase}
      </button>
      <a class="button primary" href="#/">
        {TEXTS.backToStart}
      </a>
    </>
  );
}

/** At most so often it is read out. */
const ANNOUNCE_MS = 5000;

function ProgressOf({
  job,
  progress,
}: {
  readonly job: PageJob;
  readonly progress: JobProgress | undefined;
}) {
  const announced = useRef({ atMs: -Infinity, text: '' });
  const now = performance.now();
  const { text, share } = useProgressText(job, progress);
  if (now - announced.current.atMs > ANNOUNCE_MS) announced.current = { atMs: now, text };
  return (
    <>
      <p class="large">{text}</p>
      <progress {...(share === undefined ? {} : { value: share })} aria-label="Progress" />
      <p class="unseen" role="status">
        {announced.current.text}
      </p>
    </>
  );
}
