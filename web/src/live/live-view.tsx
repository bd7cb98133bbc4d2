import { useEffect, useState } from 'preact/hooks';
import { liveStartOf } from '../start/job-options.ts';
import { OptionsForm } from '../start/options-form.tsx';
import { useJobOptions } from '../start/use-job-options.ts';
import { TEXTS } from '../texts.ts';
import { LiveBar } from './live-bar.tsx';
import { LiveLanes } from './live-lanes.tsx';
import { LiveSpeakers } from './live-speakers.tsx';
import { LiveWords } from './live-words.tsx';
import { liveLabels } from './live-passages.ts';
import { liveStore, type LiveState } from './live-store.ts';
import { useLive } from './use-live.ts';

/** Who is speaking, and what they say, while they speak. */
export function LiveView() {
  const live = useLive();
  const { phase, jobId } = live;
  // What has ended is a recording like any other.
  useEffect(() => {
    if (phase === 'over' && jobId !== undefined) {
      liveStore.close();
      location.hash = `#/jobs/${jobId}`;
    }
  }, [phase, jobId]);
  const isUnheard = phase === 'over' && live.transcript.status === undefined;
  if (phase === 'off' || phase === 'opening' || isUnheard)
    return <Ready isOpening={phase === 'opening'} failure={live.failure} />;
  return <Session live={live} />;
}

function Ready({ isOpening, failure }: { readonly isOpening: boolean; readonly failure: string }) {
  const [options, setOptions] = useJobOptions('live');
  const start = (): void => void liveStore.begin(liveStartOf(options));
  return (
    <>
      <h1>{TEXTS.liveTitle}</h1>
      <p class="lead">{TEXTS.liveLead}</p>
      <div class="stage">
        <button type="button" class="primary big" disabled={isOpening} onClick={start}>
          <span class="dot" aria-hidden="true" /> {isOpening ? TEXTS.opening : TEXTS.listen}
        </button>
        {failure !== '' && <p role="alert">{failure}</p>}
        <p class="soft">{TEXTS.livePrivacy}</p>
      </div>
      <OptionsForm options={options} onChange={setOptions} isLive />
    </>
  );
}

function Session({ live }: { readonly live: LiveState }) {
  const { transcript, phase } = live;
  const labels = liveLabels(transcript);
  return (
    <div class="live">
      <LiveBar live={live} />
      <LiveLanes transcript={transcript} labels={labels} />
      <div class="columns">
        <LiveSpeakers transcript={transcript} labels={labels} isOver={phase === 'over'} />
        <LiveWords transcript={transcript} labels={labels} isOver={phase === 'over'} />
      </div>
      {phase === 'over' && <Unkept live={live} />}
    </div>
  );
}

/** The session ended, and the server does not have it. */
function Unkept({ live: { transcript, failure } }: { readonly live: LiveState }) {
  const [address, setAddress] = useState<string>();
  const { result } = transcript;
  useEffect(() => {
    if (result === null) return undefined;
    const made = URL.createObjectURL(new Blob([JSON.stringify(result)], { type: 'application/json' }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [result]);
  return (
    <div class="card row">
      <p class="grow bad" role="alert">
        {failure === '' ? (transcript.warnings.at(-1)?.message ?? TEXTS.nothingHeard) : failure}
      </p>
      {address !== undefined && (
        <a class="button" href={address} download="live.json">
          {TEXTS.saveResult}
        </a>
      )}
      <button type="button" class="primary" onClick={() => liveStore.close()}>
        {TEXTS.listenAgain}
      </button>
    </div>
  );
}
