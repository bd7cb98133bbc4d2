import { useState } from 'preact/hooks';
import { FileDrop } from '../parts/file-drop.tsx';
import { Icon } from '../parts/icon.tsx';
import { RecordButton } from '../parts/record-button.tsx';
import { TEXTS } from '../texts.ts';
import { enrol, type EnrolSource, type Sample, type SampleOutcome, whyRefused } from './enrol-api.ts';
import { qualityInWords } from './quality.ts';

/** The voice that is enrolled: a new one, or one that gets more or other samples. */
export type EnrolTarget = { readonly name: string; readonly replace: boolean };

/** Makes a voice of what somebody says, with their consent. */
export function EnrolForm({
  target,
  speaker,
  onDone,
}: {
  /** Filled in, where it is about one that is there. */
  readonly target?: EnrolTarget | undefined;
  /** Whose voice it is, where a recording that is here has it. */
  readonly speaker?: { readonly job: string; readonly speaker: string; readonly name: string };
  readonly onDone: () => void;
}) {
  const [name, setName] = useState(target?.name ?? speaker?.name ?? '');
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  const [hasConsent, setConsent] = useState(false);
  const [isWorking, setWorking] = useState(false);
  const [failure, setFailure] = useState('');
  const [outcomes, setOutcomes] = useState<readonly SampleOutcome[]>([]);
  const add = (more: readonly Sample[]): void => setSamples((before) => [...before, ...more]);
  const source: EnrolSource = speaker ?? { samples };
  const isReady = name.trim() !== '' && hasConsent && (speaker !== undefined || samples.length > 0);
  const submit = async (): Promise<void> => {
    setWorking(true);
    setFailure('');
    try {
      setOutcomes(await enrol(name.trim(), source, target?.replace ?? false));
      setSamples([]);
      onDone();
    } catch (error) {
      setFailure((error as Error).message);
    }
    setWorking(false);
  };
  return (
    <form
      class="enrol"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <label class="field">
        {TEXTS.name}
        <input
          required
          maxLength={64}
          autocomplete="off"
          readOnly={target !== undefined}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      {speaker === undefined && (
        <FileDrop
          label={TEXTS.chooseSamples}
          about={TEXTS.aboutSamples}
          multiple
          onFiles={(files) => add(files.map((file) => ({ blob: file, name: file.name })))}
        >
          <RecordButton stopText={TEXTS.stop} onRecorded={(blob, file) => add([{ blob, name: file }])} />
        </FileDrop>
      )}
      {samples.length > 0 && (
        <ul class="samples">
          {samples.map((sample, index) => (
            <li key={index}>
              {sample.name}{' '}
              <button
                type="button"
                class="quiet"
                aria-label={`Leave out ${sample.name}`}
                onClick={() => setSamples((before) => before.filter((_, at) => at !== index))}
              >
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <label class="check">
        <input
          type="checkbox"
          checked={hasConsent}
          onChange={(event) => setConsent(event.currentTarget.checked)}
        />
        {TEXTS.consent}
      </label>
      {failure !== '' && <p role="alert">{failure}</p>}
      <div role="status">
        {outcomes.length > 0 && (
          <ul class="samples">
            {outcomes.map((outcome, index) => (
              <li key={index} class={outcome.accepted ? '' : 'bad'}>
                {outcome.name}: {whyRefused(outcome) ?? 'taken'}
                {outcome.quality !== undefined && ` (${qualityInWords(outcome.quality)})`}
              </li>
            ))}
          </ul>
        )}
      </div>
      <button class="primary" disabled={!isReady || isWorking}>
        {isWorking ? TEXTS.enrolling : TEXTS.enrol}
      </button>
    </form>
  );
}
