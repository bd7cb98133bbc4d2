import { speakerColour } from '../../../core/formats/documents/speaker-colours.ts';
import type { Edit } from '../../../core/result/edit.ts';
import type { SpeakerSummary } from '../../../core/result/result.ts';
import { lengthInWords } from '../parts/clock.ts';
import { Icon } from '../parts/icon.tsx';
import { TEXTS } from '../texts.ts';

/** Who speaks: hear them, name them, make one of two. */
export function SpeakerPanel({
  speakers,
  onEdit,
  onHear,
  onEnrol,
}: {
  readonly speakers: readonly SpeakerSummary[];
  readonly onEdit: (edit: Edit) => void;
  readonly onHear: (label: string) => void;
  /** None where there is no sound. */
  readonly onEnrol?: (speaker: SpeakerSummary) => void;
}) {
  const total = speakers.reduce((sum, { speakingSeconds }) => sum + speakingSeconds, 0);
  return (
    <section class="speakers card" aria-labelledby="speakers-title">
      <h2 id="speakers-title">{TEXTS.speakers}</h2>
      <ul>
        {speakers.map((speaker, index) => {
          const { label, name, speakingSeconds } = speaker;
          const share = total === 0 ? 0 : Math.round((100 * speakingSeconds) / total);
          return (
            <li key={label}>
              <span class="swatch" style={{ background: speakerColour(index) }} aria-hidden="true" />
              <input
                id={`name-${index}`}
                aria-label={`Name of ${name ?? label}`}
                placeholder={label}
                maxLength={128}
                // What is typed stays while the sound plays and the page is drawn again; another name begins anew.
                key={name ?? ''}
                defaultValue={name ?? ''}
                autocomplete="off"
                onChange={(event) =>
                  onEdit({ op: 'rename', speaker: label, name: event.currentTarget.value })
                }
                onKeyDown={(event) => {
                  if (event.key === 'Enter' || event.key === 'Escape') event.currentTarget.blur();
                }}
              />
              <button
                type="button"
                aria-label={`Hear ${name ?? label}`}
                class="play"
                title="Hear"
                onClick={() => onHear(label)}
              >
                <Icon name="play" />
              </button>
              <div class="talk" aria-hidden="true">
                <span style={{ width: `${share}%`, background: speakerColour(index) }} />
              </div>
              <div class="about">
                <span class="soft grow">
                  {lengthInWords(speakingSeconds)} · {share} %
                </span>
                {speakers.length > 1 && (
                  <select
                    aria-label={`${name ?? label} is the same person as`}
                    value=""
                    onChange={(event) =>
                      onEdit({ op: 'merge', from: label, into: event.currentTarget.value })
                    }
                  >
                    <option value="">same as …</option>
                    {speakers
                      .filter((other) => other.label !== label)
                      .map((other) => (
                        <option key={other.label} value={other.label}>
                          {other.name ?? other.label}
                        </option>
                      ))}
                  </select>
                )}
                {onEnrol !== undefined && (
                  <button
                    type="button"
                    aria-label={`${TEXTS.enrolSpeaker}: ${name ?? label}`}
                    title={TEXTS.enrolSpeaker}
                    onClick={() => onEnrol(speaker)}
                  >
                    <Icon name="voice" />
                  </button>
                )}
              </div>
            </li>
          );
        })}
      </ul>
      {speakers.length === 0 && <p class="soft">Nobody was told apart.</p>}
    </section>
  );
}
