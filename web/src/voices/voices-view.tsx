import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ask, listVoices } from '../api.ts';
import type { PageVoice } from '../page-types.ts';
import { TEXTS } from '../texts.ts';
import { EnrolForm, type EnrolTarget } from './enrol-form.tsx';
import { VoiceList } from './voice-list.tsx';
import { WhoseVoice } from './whose-voice.tsx';

/** People who are known by their voice: who they are, how they become known, and whose voice something is. */
export function VoicesView() {
  const [voices, setVoices] = useState<readonly PageVoice[]>();
  const [target, setTarget] = useState<EnrolTarget>();
  const [failure, setFailure] = useState('');
  const form = useRef<HTMLElement>(null);
  const refresh = useCallback(() => {
    listVoices().then(setVoices, (error: unknown) => setFailure((error as Error).message));
  }, []);
  useEffect(refresh, [refresh]);
  const erase = (name: string): void => {
    ask(`/v1/voices/${encodeURIComponent(name)}`, { method: 'DELETE' }).then(refresh, (error: unknown) =>
      setFailure((error as Error).message),
    );
  };
  return (
    <>
      <h1>{TEXTS.voices}</h1>
      <p class="lead">{TEXTS.voicesLead}</p>
      {failure !== '' && <p role="alert">{failure}</p>}
      {voices !== undefined && (
        <VoiceList
          voices={voices}
          onErase={erase}
          onEnrol={(wanted) => {
            setTarget(wanted);
            form.current?.scrollIntoView({ block: 'nearest' });
          }}
        />
      )}
      <div class="pair">
        <section ref={form} class="card" aria-labelledby="enrol-title">
          <h2 id="enrol-title">
            {target === undefined
              ? TEXTS.newVoice
              : target.replace
                ? `Enrol ${target.name} anew`
                : `More of ${target.name}`}
          </h2>
          <EnrolForm key={target?.name ?? ''} target={target} onDone={refresh} />
          {target !== undefined && (
            <button type="button" class="quiet" onClick={() => setTarget(undefined)}>
              {TEXTS.somebodyElse}
            </button>
          )}
        </section>
        {voices !== undefined && voices.length > 0 && <WhoseVoice names={voices.map(({ name }) => name)} />}
      </div>
    </>
  );
}
