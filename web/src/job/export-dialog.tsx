import { useEffect, useRef, useState } from 'preact/hooks';
import { ask, askJson } from '../api.ts';
import { Icon } from '../parts/icon.tsx';

type Format = { readonly name: string; readonly description: string; readonly takes: 'turns' | 'words' };

/** Those that are cut into lines for a screen. */
const SUBTITLES: ReadonlySet<string> = new Set(['srt', 'vtt', 'lrc']);

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
  const [lineWidth, setLineWidth] = useState('');
  const [lineCount, setLineCount] = useState('');
  const [highlight, setHighlight] = useState(false);
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
    ...(lineWidth === '' ? {} : { max_line_width: lineWidth }),
    ...(lineCount === '' ? {} : { max_line_count: lineCount }),
    ...(highlight ? { highlight_words: 'true' } : {}),
    speaker_names: String(speakerNames),
  });
  const isSubtitles = SUBTITLES.has(format);
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
        {isSubtitles && (
          <>
            <label>
              Characters a line
              <input
                type="number"
                min="1"
                max="1000"
                placeholder="as fits"
                value={lineWidth}
                onInput={(event) => setLineWidth(event.currentTarget.value)}
              />
            </label>
            <label>
              Lines at a time
              <input
                type="number"
                min="1"
                max="10"
                placeholder="as fits"
                value={lineCount}
                onInput={(event) => setLineCount(event.currentTarget.value)}
              />
            </label>
            <label class="check">
              <input
                type="checkbox"
                checked={speakerNames}
                onChange={(event) => setSpeakerNames(event.currentTarget.checked)}
              />
              Names of speakers
            </label>
            <label class="check">
              <input
                type="checkbox"
                checked={highlight}
                onChange={(event) => setHighlight(event.currentTarget.checked)}
              />
              Mark each word as it is said
            </label>
          </>
        )}
        {format === 'text' && (
          <label class="check">
            <input
              type="checkbox"
              checked={pauses}
              onChange={(event) => setPauses(event.currentTarget.checked)}
            />
            Mark pauses
          </label>
        )}
      </div>
      <a ref={link} class="hidden" href={path} download="" tabIndex={-1}>
        File
      </a>
      <p role="status">{notice}</p>
      <form method="dialog" class="row">
        <button type="button" class="primary" onClick={() => void download().catch(tell)}>
          <Icon name="download" /> Download
        </button>
        <button type="button" onClick={() => void copy().catch(tell)}>
          Copy
        </button>
        <button>Close</button>
      </form>
    </dialog>
  );
}
