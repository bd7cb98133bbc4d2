import { useEffect, useRef, useState } from 'preact/hooks';
import { ask, askJson, resultOf } from '../api.ts';
import type { JobProgress, PageJob, PageRecording } from '../page-types.ts';
import { lengthInWords, readableTime } from '../parts/clock.ts';
import { TEXTS } from '../texts.ts';
import { Editor } from './editor.tsx';
import { secondsLeft, stageStartOf, type StageStart } from './time-left.ts';
import { useJob, type JobInView } from './use-job.ts';

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
        <a href="#/">{TEXTS.start}</a>
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
        <p role="alert">{failed ?? (job.state === 'canceled' ? 'Canceled.' : 'There is no result.')}</p>
      ) : (
        <div class="card">
          <ProgressOf job={job} progress={progress} />
          <button
            type="button"
            onClick={() => void ask(`/v1/jobs/${job.id}/cancel`, { method: 'POST' }).catch(() => undefined)}
          >
            {TEXTS.cancel}
          </button>
        </div>
      )}
      {utterances.length > 0 && (
        <section aria-label="So far">
          {utterances.map(({ startSeconds, text }, index) => (
            <p key={index} class="utterance">
              <span class="time">{readableTime(startSeconds)}</span> {text}
            </p>
          ))}
        </section>
      )}
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
  const start = useRef<StageStart | undefined>(undefined);
  const announced = useRef({ atMs: -Infinity, text: '' });
  const now = performance.now();
  let text = job.position === undefined ? 'Starting …' : `Waiting: number ${job.position} in line`;
  if (progress !== undefined && job.state === 'running') {
    start.current = stageStartOf(start.current, progress, now);
    const left = secondsLeft(start.current, progress, now);
    text = `${STAGES[progress.stage] ?? progress.stage}${left === undefined ? '' : `, about ${lengthInWords(left)} left`}`;
  }
  if (now - announced.current.atMs > ANNOUNCE_MS) announced.current = { atMs: now, text };
  const share =
    progress?.total === undefined || progress.total === null || progress.total === 0
      ? undefined
      : Math.min(1, progress.done / progress.total);
  return (
    <>
      <p>{text}</p>
      <progress {...(share === undefined ? {} : { value: share })} aria-label="Progress" />
      <p class="unseen" role="status">
        {announced.current.text}
      </p>
    </>
  );
}
