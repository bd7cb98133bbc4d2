import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { askJson, listJobs, listRecordings } from '../api.ts';
import type { PageJob } from '../page-types.ts';
import { Icon } from '../parts/icon.tsx';
import { RecordButton } from '../parts/record-button.tsx';
import { TEXTS } from '../texts.ts';
import { JobList } from './job-list.tsx';
import { optionsOfJob } from './job-options.ts';
import { OptionsForm } from './options-form.tsx';
import { UploadList, useUploads } from './uploads.tsx';
import { useJobOptions } from './use-job-options.ts';

const POLL_MS = 3000;

/** Where recordings come in, and the list of those that are here. */
export function StartView() {
  const [options, setOptions] = useJobOptions('recordings');
  const [isOver, setOver] = useState(false);
  const { jobs, nameOf, failure, refresh } = useJobs();
  const { uploads, add } = useUploads((job, count) => {
    if (count === 1) location.hash = `#/jobs/${job.id}`;
    else refresh();
  });
  const chooser = useRef<HTMLInputElement>(null);
  const addFiles = (files: FileList | null): void =>
    add(
      [...(files ?? [])].map((file) => ({ blob: file, name: file.name })),
      options,
    );
  return (
    <>
      <h1>{TEXTS.tagline}</h1>
      <p class="lead">{TEXTS.lead}</p>
      <div
        class={`drop ${isOver ? 'over' : ''}`}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          addFiles(event.dataTransfer?.files ?? null);
        }}
      >
        <Icon name="upload" />
        <p class="large">{TEXTS.drop}</p>
        <div class="row">
          <button type="button" class="primary" onClick={() => chooser.current?.click()}>
            {TEXTS.choose}
          </button>
          <RecordButton
            stopText={TEXTS.stopRecording}
            onRecorded={(blob, name) => add([{ blob, name }], options)}
          />
        </div>
        <input
          ref={chooser}
          class="hidden"
          type="file"
          multiple
          accept="audio/*,video/*"
          aria-label={TEXTS.choose}
          tabIndex={-1}
          onChange={(event) => {
            addFiles(event.currentTarget.files);
            event.currentTarget.value = '';
          }}
        />
        <AddressForm
          onAddress={async (url) => {
            const job = await askJson<PageJob>('/v1/jobs', {
              method: 'POST',
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify({
                task: options.task,
                options: optionsOfJob(options),
                audio: { url },
                stream: true,
              }),
            });
            location.hash = `#/jobs/${job.id}`;
          }}
        />
        <p class="soft small">{TEXTS.privacy}</p>
      </div>
      <OptionsForm options={options} onChange={setOptions} />
      <UploadList uploads={uploads} />
      {failure !== '' && <p role="alert">{failure}</p>}
      <JobList jobs={jobs} nameOf={nameOf} onChange={refresh} />
    </>
  );
}

/** The jobs of this reader, looked at again while the page is seen. */
function useJobs() {
  const [jobs, setJobs] = useState<readonly PageJob[]>([]);
  const [names, setNames] = useState<ReadonlyMap<string, string>>(new Map());
  const [failure, setFailure] = useState('');
  const refresh = useCallback(() => {
    Promise.all([listJobs(), listRecordings()]).then(
      ([listed, recordings]) => {
        setJobs(listed);
        setNames(new Map(recordings.map(({ id, name }) => [id, name])));
        setFailure('');
      },
      (error: unknown) => setFailure((error as Error).message),
    );
  }, []);
  useEffect(() => {
    refresh();
    const timer = setInterval(() => {
      if (!document.hidden) refresh();
    }, POLL_MS);
    return () => clearInterval(timer);
  }, [refresh]);
  const nameOf = ({ recordings }: PageJob): string => names.get(recordings[0] ?? '') ?? 'Recording';
  return { jobs, nameOf, failure, refresh };
}

function AddressForm({ onAddress }: { readonly onAddress: (url: string) => Promise<void> }) {
  const [url, setUrl] = useState('');
  const [failure, setFailure] = useState('');
  return (
    <form
      class="row address"
      onSubmit={(event) => {
        event.preventDefault();
        setFailure('');
        onAddress(url).catch((error: unknown) => setFailure((error as Error).message));
      }}
    >
      <input
        type="url"
        required
        pattern="https?://.+"
        placeholder="https://…"
        aria-label={TEXTS.address}
        value={url}
        onInput={(event) => setUrl(event.currentTarget.value)}
      />
      <button>{TEXTS.fetch}</button>
      {failure !== '' && <p role="alert">{failure}</p>}
    </form>
  );
}
