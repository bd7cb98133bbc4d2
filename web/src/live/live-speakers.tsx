import { speakerColour } from '../../../core/formats/documents/speaker-colours.ts';
import type { LiveTranscript } from '../../../core/result/live/live-transcript.ts';
import { TEXTS } from '../texts.ts';
import { liveStore } from './live-store.ts';

/** Who was heard so far: they can be named while they speak. */
export function LiveSpeakers({
  transcript: { names },
  labels,
  isOver,
}: {
  readonly transcript: LiveTranscript;
  readonly labels: readonly string[];
  readonly isOver: boolean;
}) {
  return (
    <section class="speakers card" aria-labelledby="live-speakers-title">
      <h2 id="live-speakers-title">{TEXTS.speakers}</h2>
      <ul>
        {labels.map((label, index) => (
          <li key={label}>
            <span class="swatch" style={{ background: speakerColour(index) }} aria-hidden="true" />
            <input
              aria-label={`Name of ${names[label] ?? label}`}
              placeholder={label}
              maxLength={128}
              key={names[label] ?? ''}
              defaultValue={names[label] ?? ''}
              autocomplete="off"
              disabled={isOver}
              onChange={(event) => {
                const name = event.currentTarget.value.trim();
                if (name !== '') liveStore.nameSpeaker(label, name);
              }}
              onKeyDown={(event) => {
                if (event.key === 'Enter' || event.key === 'Escape') event.currentTarget.blur();
              }}
            />
          </li>
        ))}
      </ul>
      {labels.length === 0 && <p class="soft">{TEXTS.nobodyYet}</p>}
    </section>
  );
}
