import type { SpeakerSummary } from '../../../core/result/result.ts';
import { TEXTS } from '../texts.ts';

/** Gives the words that are marked to a speaker. */
export function MarkedWords({
  count,
  speakers,
  onAssign,
}: {
  readonly count: number;
  readonly speakers: readonly SpeakerSummary[];
  /** Without a speaker: to a new one. */
  readonly onAssign: (speaker: string | undefined) => void;
}) {
  return (
    <div class="marked card row" role="group" aria-label="Marked words">
      <span>
        {count} {count === 1 ? 'word' : 'words'} said by
      </span>
      {speakers.map(({ label, name }) => (
        <button key={label} type="button" onClick={() => onAssign(label)}>
          {name ?? label}
        </button>
      ))}
      <button type="button" onClick={() => onAssign(undefined)}>
        {TEXTS.newSpeaker}
      </button>
    </div>
  );
}
