import { useState } from 'preact/hooks';
import { send } from '../api.ts';
import { sizeInWords } from '../parts/clock.ts';
import { FileDrop } from '../parts/file-drop.tsx';
import { Icon } from '../parts/icon.tsx';
import { TEXTS } from '../texts.ts';
import type { Sample } from '../voices/enrol-api.ts';
import { SpeakerChoice } from '../voices/speaker-choice.tsx';
import { qualityInWords, type SampleQuality } from '../voices/quality.ts';

type Comparison = {
  readonly sameSpeaker: boolean;
  readonly score: number;
  readonly llr: number | null;
  readonly probability: number | null;
  readonly normalizedScore: number | null;
  readonly threshold: { readonly scale: string; readonly value: number };
  readonly quality: readonly SampleQuality[];
};

/** Whether two recordings hold one voice. */
export function CompareView() {
  const [samples, setSamples] = useState<readonly (Sample | undefined)[]>([undefined, undefined]);
  const [state, setState] = useState<'ready' | 'working'>('ready');
  const [failure, setFailure] = useState('');
  const [comparison, setComparison] = useState<Comparison>();
  const [first, second] = samples;

  const compare = async (): Promise<void> => {
    if (first === undefined || second === undefined) return;
    const form = new FormData();
    form.append('file', first.blob, first.name);
    form.append('file', second.blob, second.name);
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
      <h1>{TEXTS.compareTitle}</h1>
      <p class="lead">{TEXTS.compareLead}</p>
      <div class="pair">
        {(['First', 'Second'] as const).map((which, index) => {
          const sample = samples[index];
          const take = (taken: Sample | undefined): void =>
            setSamples((before) => before.map((one, at) => (at === index ? taken : one)));
          return (
            <FileDrop
              key={which}
              label={sample?.name ?? `${which} recording`}
              about={sample === undefined ? TEXTS.aboutOne : sizeInWords(sample.blob.size)}
              onFiles={([file]) => take(file && { blob: file, name: file.name })}
            >
              <SpeakerChoice label={which} onSample={take} />
            </FileDrop>
          );
        })}
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
      <div class="verdict">
        <span class={`badge ${sameSpeaker ? 'completed' : 'failed'}`} aria-hidden="true">
          <Icon name={sameSpeaker ? 'check' : 'close'} />
        </span>
        <h2>{sameSpeaker ? 'Probably the same person' : 'Probably two people'}</h2>
      </div>
      <table>
        <tbody>
          {rows.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
          {quality.map((sample, index) => (
            <tr key={index}>
              <th scope="row">{index === 0 ? 'First recording' : 'Second recording'}</th>
              <td>{qualityInWords(sample)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="soft">{TEXTS.voiceNote}</p>
    </section>
  );
}
