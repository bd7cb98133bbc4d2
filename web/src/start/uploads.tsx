import { useRef, useState } from 'preact/hooks';
import { send } from '../api.ts';
import type { PageJob } from '../page-types.ts';
import { sizeInWords } from '../parts/clock.ts';
import { TEXTS } from '../texts.ts';
import { jobForm, type JobOptions } from './job-options.ts';

/** A file on its way. */
export type UploadState = {
  readonly key: number;
  readonly name: string;
  readonly bytes: number;
  /** 0 to 1. */
  readonly sent: number;
  /** Empty while there is none. */
  readonly failure: string;
  readonly again: () => void;
  readonly stop: () => void;
};

/** Files one after another: the first is worked on while the second is sent. */
export function useUploads(onJob: (job: PageJob, count: number) => void) {
  const [uploads, setUploads] = useState<readonly UploadState[]>([]);
  const nextKey = useRef(0);
  const last = useRef<Promise<unknown>>(Promise.resolve());

  const change = (key: number, changed: Partial<UploadState>): void =>
    setUploads((all) => all.map((one) => (one.key === key ? { ...one, ...changed } : one)));
  const remove = (key: number): void => setUploads((all) => all.filter((one) => one.key !== key));

  function add(files: readonly { readonly blob: Blob; readonly name: string }[], options: JobOptions): void {
    for (const { blob, name } of files) {
      const key = (nextKey.current += 1);
      const abort = new AbortController();
      const run = async (): Promise<void> => {
        if (abort.signal.aborted) return;
        try {
          const form = jobForm(options, blob, name);
          const job = await send<PageJob>('/v1/jobs', form, (sent) => change(key, { sent }), abort.signal);
          remove(key);
          onJob(job, files.length);
        } catch (error) {
          if ((error as Error).name !== 'AbortError') change(key, { failure: (error as Error).message });
        }
      };
      const begin = (): void => {
        change(key, { sent: 0, failure: '' });
        last.current = last.current.then(run);
      };
      const stop = (): void => {
        abort.abort();
        remove(key);
      };
      setUploads((all) => [
        ...all,
        { key, name, bytes: blob.size, sent: 0, failure: '', again: begin, stop },
      ]);
      last.current = last.current.then(run);
    }
  }
  return { uploads, add };
}

export function UploadList({ uploads }: { readonly uploads: readonly UploadState[] }) {
  if (uploads.length === 0) return null;
  return (
    <ul class="list card" aria-label="Being sent">
      {uploads.map(({ key, name, bytes, sent, failure, again, stop }) => (
        <li key={key}>
          <div class="grow">
            <strong>{name}</strong>
            {failure === '' ? (
              <>
                <div class="soft">
                  {sizeInWords(sent * bytes)} of {sizeInWords(bytes)} sent
                </div>
                <progress value={sent} aria-label={`${name}: sent`} />
              </>
            ) : (
              <p role="alert" class="bad">
                {failure}
              </p>
            )}
          </div>
          {failure !== '' && (
            <button type="button" onClick={again}>
              {TEXTS.retry}
            </button>
          )}
          <button type="button" onClick={stop} aria-label={`${TEXTS.cancel}: ${name}`}>
            {TEXTS.cancel}
          </button>
        </li>
      ))}
    </ul>
  );
}
