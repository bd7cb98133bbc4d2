import type { PageVoice } from '../page-types.ts';
import { dayInWords, lengthInWords } from '../parts/clock.ts';
import { Icon } from '../parts/icon.tsx';
import { TEXTS } from '../texts.ts';
import type { EnrolTarget } from './enrol-form.tsx';

/** Who is enrolled here. */
export function VoiceList({
  voices,
  onEnrol,
  onErase,
}: {
  readonly voices: readonly PageVoice[];
  readonly onEnrol: (target: EnrolTarget) => void;
  readonly onErase: (name: string) => void;
}) {
  if (voices.length === 0) return <p class="card empty">{TEXTS.noVoices}</p>;
  return (
    <ul class="list card">
      {voices.map(({ name, sampleCount, speechSeconds, updatedAt, needsEnrollingAnew }) => (
        <li key={name}>
          <span class={`badge ${needsEnrollingAnew ? 'failed' : 'completed'}`} aria-hidden="true">
            <Icon name={needsEnrollingAnew ? 'wrong' : 'voice'} />
          </span>
          <div class="grow">
            <strong>{name}</strong>
            <div class="soft">
              {sampleCount} {sampleCount === 1 ? 'sample' : 'samples'} · {lengthInWords(speechSeconds)} of
              speech · {dayInWords(updatedAt)}
            </div>
            {needsEnrollingAnew && <div class="bad small">{TEXTS.enrolAnew}</div>}
          </div>
          <button
            type="button"
            aria-label={needsEnrollingAnew ? `Enrol ${name} anew` : `Add samples of ${name}`}
            onClick={() => onEnrol({ name, replace: needsEnrollingAnew })}
          >
            <Icon name="plus" />
            <span class="wide">{needsEnrollingAnew ? 'Enrol anew' : 'Add samples'}</span>
          </button>
          <button
            type="button"
            class="quiet"
            aria-label={`${TEXTS.erase}: ${name}`}
            title={TEXTS.erase}
            onClick={() => {
              if (confirm(`Erase the voice of ${name} for good?`)) onErase(name);
            }}
          >
            <Icon name="erase" />
          </button>
        </li>
      ))}
    </ul>
  );
}
