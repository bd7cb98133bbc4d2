import { useState } from 'preact/hooks';
import { send } from '../api.ts';
import { TEXTS } from '../texts.ts';

type Comparison = {
  readonly sameSpeaker: boolean;
  readonly score: number;
  readonly llr: number | null;
  readonly probability: number | null;
  readonly normalizedScore: number | null;
  readonly threshold: { readonly scale: string; readonly value: number };
  readonly quality: readonly { readonly speechSeconds: number; readonly reasons: readonly string[] }[];
};

const REASONS: Readonly<Record<string, string>> = {
  little_speech: 'little speech',
  noisy: 'noise',
  clipped: 'distortion',
  quiet: 'very quiet',
  overlap: 'people speak at once',
  several_speakers: 'several people',
};

/** Whether two recordings hold one voice. */
export function CompareView() {
  const [files, setFiles] = useState<readonly [File | undefined, File | undefined]>([undefined, undefined]);
  const [state, setState] = useState<'ready' | 'working'>('ready');
  const [failure, setFailure] = useState('');
  const [comparison, setComparison] = useState<Comparison>();
  const [first, second] = files;

  const compare = async (): Promise<void> => {
    if (first === undefined || second === undefined) return;
    const form = new FormData();
    form.append('file', first, first.name);
    form.append('file', second, second.name);
    setState('working');
    setFailure('');
    setComparison(undefined);
    try {
      const { results } = await send<{ results: { result: Comparison }[] }>(
        '/v1/compare',
        form,
        () => undefined,
        new AbortController().signal,
      );
      setComparison(results[0]?.result);
    } catch (error) {
      setFailure((error as Error).message);
    }
    setState('ready');
  };

  return (
    <>
      <h1>{TEXTS.compare}</h1>
      <p class="soft">{TEXTS.voiceNote}</p>
      <div class="pair">
        <VoiceFile label="First recording" file={first} onFile={(file) => setFiles([file, second])} />
        <VoiceFile label="Second recording" file={second} onFile={(file) => setFiles([first, file])} />
      </div>
      <button
        type="button"
        class="primary"
        disabled={first === undefined || second === undefined || state === 'working'}
        onClick={() => void compare()}
      >
        {state === 'working' ? 'Comparing …' : 'Compare'}
      </button>
      {failure !== '' && <p role="alert">{failure}</p>}
      <div role="status">{comparison !== undefined && <Verdict comparison={comparison} />}</div>
    </>
  );
}

function VoiceFile({
  label,
  file,
  onFile,
}: {
  readonly label: string;
  readonly file: File | undefined;
  readonly onFile: (file: File | undefined) => void;
}) {
  return (
    <label
      class="drop small"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        onFile(event.dataTransfer?.files[0]);
      }}
    >
      <strong>{label}</strong>
      <span class="soft">{file?.name ?? 'Drop or choose a recording of one person'}</span>
      <input
        type="file"
        accept="audio/*,video/*"
        onChange={(event) => onFile(event.currentTarget.files?.[0])}
      />
    </label>
  );
}

function Verdict({ comparison }: { readonly comparison: Comparison }) {
  const { sameSpeaker, score, llr, probability, normalizedScore, threshold, quality } = comparison;
  const rows: readonly (readonly [string, string])[] = [
    ['Cosine', score.toFixed(3)],
    ['Log-likelihood ratio', llr === null ? '–' : llr.toFixed(2)],
    ['Probability, at even odds before', probability === null ? '–' : `${(100 * probability).toFixed(1)} %`],
    ['Above strangers (AS-norm)', normalizedScore === null ? '–' : normalizedScore.toFixed(2)],
    [`Threshold (${threshold.scale})`, threshold.value.toFixed(3)],
  ];
  return (
    <section class="card" aria-label="Result">
      <h2>{sameSpeaker ? 'Probably the same person' : 'Probably two people'}</h2>
      <table>
        <tbody>
          {rows.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
          {quality.map(({ speechSeconds, reasons }, index) => (
            <tr key={index}>
              <th scope="row">{index === 0 ? 'First recording' : 'Second recording'}</th>
              <td>
                {speechSeconds.toFixed(1)} s of speech
                {reasons.length > 0 && `; ${reasons.map((reason) => REASONS[reason] ?? reason).join(', ')}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="soft">{TEXTS.voiceNote}</p>
    </section>
  );
}
