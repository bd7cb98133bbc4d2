import { useEffect, useRef, useState } from 'preact/hooks';
import { ask, askJson } from '../api.ts';

type Format = { readonly name: string; readonly description: string; readonly takes: 'turns' | 'words' };

/** Every format, with names and corrections. */
export function ExportDialog({
  job,
  hasWords,
  save,
  onClose,
}: {
  readonly job: string;
  readonly hasWords: boolean;
  /** Files are made by the server: it must know the last edit. */
  readonly save: () => Promise<void>;
  readonly onClose: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const link = useRef<HTMLAnchorElement>(null);
  const [formats, setFormats] = useState<readonly Format[]>([]);
  const [format, setFormat] = useState('text');
  const [title, setTitle] = useState('');
  const [speakerNames, setSpeakerNames] = useState(true);
  const [pauses, setPauses] = useState(false);
  const [notice, setNotice] = useState('');
  useEffect(() => {
    dialog.current?.showModal();
    askJson<{ formats: Format[] }>('/v1/formats').then(
      (reply) => setFormats(reply.formats.filter(({ takes }) => hasWords || takes === 'turns')),
      (error: unknown) => setNotice((error as Error).message),
    );
  }, [hasWords]);
  const query = new URLSearchParams({
    ...(title === '' ? {} : { title }),
    ...(pauses ? { pauses: 'jefferson' } : {}),
    speaker_names: String(speakerNames),
  });
  const path = `/v1/jobs/${job}/result/0/${format}?${query}`;
  const tell = (error: unknown): void => setNotice((error as Error).message);
  const download = async (): Promise<void> => {
    await save();
    // Asked first, so that what is wrong is told here and not in a file.
    await ask(path, { method: 'HEAD' });
    link.current?.click();
  };
  const copy = async (): Promise<void> => {
    await save();
    await navigator.clipboard.writeText(await (await ask(path)).text());
    setNotice('Copied.');
  };
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="export-title">
      <h2 id="export-title">Export</h2>
      <div class="fields">
        <label>
          Format
          <select value={format} onChange={(event) => setFormat(event.currentTarget.value)}>
            {formats.map(({ name, description }) => (
              <option key={name} value={name}>
                {name} – {description}
              </option>
            ))}
          </select>
        </label>
        <label>
          Heading
          <input value={title} onInput={(event) => setTitle(event.currentTarget.value)} />
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={speakerNames}
            onChange={(event) => setSpeakerNames(event.currentTarget.checked)}
          />
          Names in subtitles
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={pauses}
            onChange={(event) => setPauses(event.currentTarget.checked)}
          />
          Mark pauses in text
        </label>
      </div>
      <a ref={link} class="hidden" href={path} download="" tabIndex={-1}>
        File
      </a>
      <p role="status">{notice}</p>
      <form method="dialog" class="row">
        <button type="button" class="primary" onClick={() => void download().catch(tell)}>
          Download
        </button>
        <button type="button" onClick={() => void copy().catch(tell)}>
          Copy
        </button>
        <button>Close</button>
      </form>
    </dialog>
  );
}
