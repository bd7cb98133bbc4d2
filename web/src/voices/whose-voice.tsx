import { useState } from 'preact/hooks';
import { askJson } from '../api.ts';
import { FileDrop } from '../parts/file-drop.tsx';
import { Icon } from '../parts/icon.tsx';
import { RecordButton } from '../parts/record-button.tsx';
import { TEXTS } from '../texts.ts';
import type { Sample } from './enrol-api.ts';
import { percent, qualityInWords, type SampleQuality } from './quality.ts';

type Identified = {
  readonly voice: string | null;
  readonly candidates: readonly {
    readonly voice: string;
    readonly score: number;
    readonly probability: number | null;
  }[];
  readonly quality: SampleQuality;
};

type Verified = {
  readonly voice: string;
  readonly sameSpeaker: boolean;
  readonly probability: number | null;
  readonly quality: readonly SampleQuality[];
};

type Answer = { readonly identified?: Identified; readonly verified?: Verified };

/** Asks whose voice a recording is, or whether it is one person's. */
export function WhoseVoice({ names }: { readonly names: readonly string[] }) {
  const [sample, setSample] = useState<Sample>();
  const [claimed, setClaimed] = useState('');
  const [isWorking, setWorking] = useState(false);
  const [failure, setFailure] = useState('');
  const [answer, setAnswer] = useState<Answer>({});
  const find = async (heard: Sample, name: string): Promise<void> => {
    setWorking(true);
    setFailure('');
    setAnswer({});
    const form = new FormData();
    if (name === '') form.append('voices', 'all');
    else form.append('voice', name);
    form.append('file', heard.blob, heard.name);
    try {
      const path = name === '' ? '/v1/identify' : '/v1/verify';
      const { results } = await askJson<{ results: { result: Identified | Verified }[] }>(path, {
        method: 'POST',
        body: form,
      });
      const result = results[0]?.result;
      if (result !== undefined)
        setAnswer('candidates' in result ? { identified: result } : { verified: result });
    } catch (error) {
      setFailure((error as Error).message);
    }
    setWorking(false);
  };
  const hear = (heard: Sample | undefined): void => {
    if (heard === undefined) return;
    setSample(heard);
    void find(heard, claimed);
  };
  return (
    <section class="card" aria-labelledby="whose-title">
      <h2 id="whose-title">{TEXTS.whose}</h2>
      <div class="pair">
        <FileDrop
          label={sample?.name ?? TEXTS.chooseOne}
          about={TEXTS.aboutOne}
          onFiles={([file]) => hear(file && { blob: file, name: file.name })}
        >
          <RecordButton stopText={TEXTS.stop} onRecorded={(blob, name) => hear({ blob, name })} />
        </FileDrop>
        <label class="field">
          {TEXTS.compareWith}
          <select
            value={claimed}
            onChange={(event) => {
              const name = event.currentTarget.value;
              setClaimed(name);
              if (sample !== undefined) void find(sample, name);
            }}
          >
            <option value="">{TEXTS.everybody}</option>
            {names.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
          <span class="soft small">{TEXTS.voiceNote}</span>
        </label>
      </div>
      {failure !== '' && <p role="alert">{failure}</p>}
      <div role="status">
        {isWorking && <p class="soft">{TEXTS.comparing}</p>}
        {answer.identified !== undefined && <Candidates found={answer.identified} />}
        {answer.verified !== undefined && <Decision verified={answer.verified} />}
      </div>
    </section>
  );
}

function Candidates({ found: { voice, candidates, quality } }: { readonly found: Identified }) {
  return (
    <>
      <div class="verdict">
        <span class={`badge ${voice === null ? '' : 'completed'}`} aria-hidden="true">
          <Icon name="voice" />
        </span>
        <h3>{voice === null ? TEXTS.stranger : `Probably ${voice}`}</h3>
      </div>
      <ul class="scores">
        {candidates.slice(0, 10).map(({ voice: name, probability, score }) => (
          <li key={name} class={name === voice ? 'known' : ''}>
            <span>{name}</span>
            <span class="bar" aria-hidden="true">
              <span style={{ width: `${100 * (probability ?? Math.max(0, score))}%` }} />
            </span>
            <span class="time">{probability === null ? score.toFixed(2) : percent(probability)}</span>
          </li>
        ))}
      </ul>
      <p class="soft small">{qualityInWords(quality)}</p>
    </>
  );
}

function Decision({
  verified: { voice, sameSpeaker, probability, quality },
}: {
  readonly verified: Verified;
}) {
  const [sample] = quality;
  return (
    <>
      <div class="verdict">
        <span class={`badge ${sameSpeaker ? 'completed' : 'failed'}`} aria-hidden="true">
          <Icon name={sameSpeaker ? 'check' : 'close'} />
        </span>
        <h3>{sameSpeaker ? `Probably ${voice}` : `Probably not ${voice}`}</h3>
      </div>
      <p class="soft small">
        {probability !== null && `${percent(probability)} at even odds before. `}
        {sample !== undefined && qualityInWords(sample)}
      </p>
    </>
  );
}
