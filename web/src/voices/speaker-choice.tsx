import { useEffect, useState } from 'preact/hooks';
import { applyEdits } from '../../../core/transcript/edits/apply-edits.ts';
import type { SpeakerSummary } from '../../../core/result/result.ts';
import { ask, askJson, listJobs, listRecordings, readEdits, resultOf } from '../api.ts';
import type { PageJob } from '../page-types.ts';
import { TEXTS } from '../texts.ts';
import type { Sample } from './enrol-api.ts';

type KnownJob = { readonly id: string; readonly name: string };

/** A speaker of a recording that is here, instead of a file. */
export function SpeakerChoice({
  label,
  onSample,
}: {
  readonly label: string;
  readonly onSample: (sample: Sample | undefined) => void;
}) {
  const [jobs, setJobs] = useState<readonly KnownJob[]>([]);
  const [job, setJob] = useState('');
  const [speakers, setSpeakers] = useState<readonly SpeakerSummary[]>([]);
  const [failure, setFailure] = useState('');
  useEffect(() => void knownJobs().then(setJobs, () => undefined), []);
  const fail = (error: unknown): void => setFailure((error as Error).message);
  const choose = (id: string): void => {
    setJob(id);
    setSpeakers([]);
    setFailure('');
    if (id !== '') speakersOf(id).then(setSpeakers, fail);
  };
  const hear = (speaker: string): void => {
    setFailure('');
    if (speaker !== '') soundOf(job, speaker).then(onSample, fail);
  };
  if (jobs.length === 0) return null;
  return (
    <div class="row">
      <select
        aria-label={`${label}: ${TEXTS.ofRecording}`}
        value={job}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        <option value="">{TEXTS.ofRecording}</option>
        {jobs.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      {speakers.length > 0 && (
        <select
          key={job}
          aria-label={`${label}: ${TEXTS.whichSpeaker}`}
          onChange={(event) => hear(event.currentTarget.value)}
        >
          <option value="">{TEXTS.whichSpeaker}</option>
          {speakers.map((speaker) => (
            <option key={speaker.label} value={speaker.label}>
              {speaker.name ?? speaker.label}
            </option>
          ))}
        </select>
      )}
      {failure !== '' && <p role="alert">{failure}</p>}
    </div>
  );
}

async function knownJobs(): Promise<KnownJob[]> {
  const [jobs, recordings] = await Promise.all([listJobs(), listRecordings()]);
  const names = new Map(recordings.map(({ id, name }) => [id, name]));
  return jobs.flatMap(({ id, state, recordings: [recording = ''] }) => {
    const name = names.get(recording);
    return state === 'completed' && name !== undefined ? [{ id, name }] : [];
  });
}

async function speakersOf(id: string): Promise<readonly SpeakerSummary[]> {
  const [job, { edits }] = await Promise.all([askJson<PageJob>(`/v1/jobs/${id}`), readEdits(id)]);
  const result = resultOf(job);
  return result === undefined ? [] : applyEdits(result, edits).result.speakers;
}

async function soundOf(job: string, speaker: string): Promise<Sample> {
  const reply = await ask(`/v1/jobs/${job}/speakers/${encodeURIComponent(speaker)}/audio`);
  return { blob: await reply.blob(), name: `${speaker}.wav` };
}
