import { ask } from '../api.ts';
import type { PageJob } from '../page-types.ts';
import { TEXTS } from '../texts.ts';

const STATES = {
  queued: 'waiting',
  running: 'running',
  completed: 'ready',
  failed: 'failed',
  canceled: 'canceled',
} as const;

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
      {jobs.length === 0 && <p class="soft">{TEXTS.noJobs}</p>}
      <ul class="list">
        {jobs.map((job) => {
          const name = nameOf(job);
          const isOver = job.state !== 'queued' && job.state !== 'running';
          return (
            <li key={job.id}>
              <a class="grow" href={`#/jobs/${job.id}`}>
                <strong>{name}</strong>
                <span class="soft">
                  {new Date(job.createdAt).toLocaleString()}
                  {job.expiresAt !== undefined && ` · kept until ${new Date(job.expiresAt).toLocaleString()}`}
                </span>
              </a>
              <span class={`state ${job.state}`}>
                {STATES[job.state]}
                {job.position !== undefined && ` (${job.position})`}
              </span>
              {isOver ? (
                <button
                  type="button"
                  aria-label={`${TEXTS.erase}: ${name}`}
                  onClick={() => {
                    if (confirm(`Erase ${name} with its transcript and sound?`))
                      act(`/v1/jobs/${job.id}?erase=true`, 'DELETE');
                  }}
                >
                  {TEXTS.erase}
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
