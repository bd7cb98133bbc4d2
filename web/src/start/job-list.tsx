import { ask } from '../api.ts';
import { useProgressText } from '../job/progress-text.ts';
import type { JobState, PageJob } from '../page-types.ts';
import { dayInWords } from '../parts/clock.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import { TEXTS } from '../texts.ts';

const STATES = {
  queued: 'waiting',
  running: 'running',
  completed: 'ready',
  failed: 'failed',
  canceled: 'canceled',
} as const;

const ICONS: Readonly<Record<JobState, IconName>> = {
  queued: 'wait',
  running: 'wait',
  completed: 'check',
  failed: 'wrong',
  canceled: 'close',
};

/** What the reader has here, newest first. */
export function JobList({
  jobs,
  nameOf,
  onChange,
}: {
  readonly jobs: readonly PageJob[];
  readonly nameOf: (job: PageJob) => string;
  readonly onChange: () => void;
}) {
  const act = (path: string, method: string): void => void ask(path, { method }).then(onChange, onChange);
  return (
    <section aria-labelledby="jobs-title">
      <h2 id="jobs-title">{TEXTS.jobs}</h2>
      {jobs.length === 0 && <p class="card empty">{TEXTS.noJobs}</p>}
      <ul class={`list ${jobs.length === 0 ? '' : 'card'}`}>
        {jobs.map((job) => {
          const name = nameOf(job);
          const isOver = job.state !== 'queued' && job.state !== 'running';
          return (
            <li key={job.id}>
              <span class={`badge ${job.state}`} aria-hidden="true">
                <Icon name={ICONS[job.state]} />
              </span>
              <a class="grow" href={`#/jobs/${job.id}`}>
                <strong>{name}</strong>
                <span class="soft">
                  {dayInWords(job.createdAt)}
                  {job.expiresAt !== undefined && ` · kept until ${dayInWords(job.expiresAt)}`}
                </span>
                {job.state === 'running' && <RunningNow job={job} name={name} />}
              </a>
              <span class={`state ${job.state}`}>
                {STATES[job.state]}
                {job.position !== undefined && ` (${job.position})`}
              </span>
              {isOver ? (
                <button
                  type="button"
                  class="quiet"
                  aria-label={`${TEXTS.erase}: ${name}`}
                  title={TEXTS.erase}
                  onClick={() => {
                    if (confirm(`Erase ${name} with its transcript and sound?`))
                      act(`/v1/jobs/${job.id}?erase=true`, 'DELETE');
                  }}
                >
                  <Icon name="erase" />
                </button>
              ) : (
                <button
                  type="button"
                  aria-label={`${TEXTS.cancel}: ${name}`}
                  onClick={() => act(`/v1/jobs/${job.id}/cancel`, 'POST')}
                >
                  {TEXTS.cancel}
                </button>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function RunningNow({ job, name }: { readonly job: PageJob; readonly name: string }) {
  const { text, share } = useProgressText(job, job.progress);
  return (
    <>
      <span class="soft">{text}</span>
      <progress {...(share === undefined ? {} : { value: share })} aria-label={`${name}: progress`} />
    </>
  );
}
