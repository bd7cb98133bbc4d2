import { useEffect } from 'preact/hooks';
import { readableTime } from '../parts/clock.ts';
import { TEXTS } from '../texts.ts';
import { meterShare } from './level.ts';
import { liveStore, type LiveState } from './live-store.ts';

/** Behind by less is not worth a word. */
const NOTABLE_LAG_SECONDS = 3;

/** How long it listens, how loud it is, whether somebody speaks, and how it is ended. */
export function LiveBar({ live }: { readonly live: LiveState }) {
  const { phase, transcript, levelDbfs } = live;
  const isOn = phase === 'on';
  useEffect(() => {
    if (!isOn) return undefined;
    const onLeave = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', onLeave);
    return () => removeEventListener('beforeunload', onLeave);
  }, [isOn]);
  const loudness = Math.round(100 * meterShare(levelDbfs));
  return (
    <div class="live-bar card row">
      <span class={`dot ${isOn ? 'pulse' : ''}`} aria-hidden="true" />
      <span class="time large">{readableTime(transcript.status?.heardSeconds ?? 0)}</span>
      <span
        class={`meter ${transcript.isSpeech ? 'speech' : ''}`}
        role="meter"
        aria-label={TEXTS.loudness}
        aria-valuenow={isOn ? loudness : 0}
        aria-valuemin={0}
        aria-valuemax={100}
      >
        <span style={{ width: isOn ? `${loudness}%` : '0' }} />
      </span>
      <span class="live-state grow" role="status">
        {stateText(live)}
      </span>
      {isOn && (
        <>
          <button type="button" onClick={() => confirm(TEXTS.reallyDiscard) && liveStore.discard()}>
            {TEXTS.discard}
          </button>
          <button type="button" class="primary" onClick={() => void liveStore.finish()}>
            {TEXTS.endLive}
          </button>
        </>
      )}
    </div>
  );
}

function stateText({ phase, isConnected, transcript, failure }: LiveState): string {
  if (phase === 'ending') return TEXTS.ending;
  if (phase === 'over') return TEXTS.over;
  if (!isConnected) return TEXTS.reconnecting;
  if (failure !== '') return failure;
  const lag = transcript.status?.lagSeconds ?? 0;
  if (lag > NOTABLE_LAG_SECONDS) return `${TEXTS.behind} ${Math.round(lag)} s`;
  return transcript.isSpeech ? TEXTS.someoneSpeaks : TEXTS.listening;
}
