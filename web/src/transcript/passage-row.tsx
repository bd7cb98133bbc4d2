import { useEffect, useRef, useState } from 'preact/hooks';
import { speakerColour } from '../../../core/formats/documents/speaker-colours.ts';
import type { SpeakerSummary, Utterance } from '../../../core/result/result.ts';
import { hasSpaceBefore } from '../../../core/text/join-words.ts';
import { readableTime } from '../parts/clock.ts';
import { Icon } from '../parts/icon.tsx';
import { memo } from '../parts/memo.tsx';
import { TEXTS } from '../texts.ts';
import { watchNearness } from './nearness.ts';
import { TextField } from './text-field.tsx';

/** What can be done with a passage; the same object as long as the page is open. */
export type PassageActions = {
  readonly playWord: (passage: number, word: number) => void;
  readonly assign: (passage: number, speaker: string | undefined) => void;
  readonly edit: (passage: number) => void;
  readonly write: (passage: number, text: string) => void;
  readonly pauseInText: () => void;
};

type PassageProps = {
  readonly index: number;
  readonly passage: Utterance;
  readonly speakers: readonly SpeakerSummary[];
  /** The word under the cursor, where it is in this passage. */
  readonly word: number | undefined;
  readonly isEdited: boolean;
  readonly canEdit: boolean;
  readonly actions: PassageActions;
};

/** Words below this were guessed. */
const LOW_CONFIDENCE = 0.5;

/** One passage: who, when, what. Far from the screen it is plain text, which costs next to nothing. */
export const PassageRow = memo(function DrawnPassage(props: PassageProps) {
  const { index, passage, speakers, word, isEdited, canEdit, actions } = props;
  const row = useRef<HTMLElement>(null);
  const [isNear, setNear] = useState(index < 20);
  useEffect(() => (row.current === null ? undefined : watchNearness(row.current, setNear)), []);
  const lane = speakers.findIndex(({ label }) => label === passage.speaker);
  const name = speakers[lane]?.name ?? passage.speaker ?? 'Nobody';
  const at = readableTime(passage.startSeconds);
  return (
    <article
      ref={row}
      id={`p-${index}`}
      class={`passage ${word === undefined ? '' : 'current'}`}
      data-passage={index}
      style={lane < 0 ? undefined : { '--lane': speakerColour(lane) }}
      aria-label={`${name}, ${at}`}
    >
      <div class="meta">
        <span
          class="swatch"
          style={{ background: lane < 0 ? 'var(--soft)' : speakerColour(lane) }}
          aria-hidden="true"
        />
        {isNear && canEdit ? (
          <SpeakerChoice {...props} name={name} at={at} />
        ) : (
          <span class="name">{name}</span>
        )}
        <button
          type="button"
          class="time"
          aria-label={`Play from ${at}`}
          onClick={() => actions.playWord(index, 0)}
        >
          {at}
        </button>
        {isNear && canEdit && !isEdited && (
          <button
            type="button"
            class="quiet"
            aria-label={`Correct the passage at ${at}`}
            onClick={() => actions.edit(index)}
          >
            <Icon name="pencil" />
          </button>
        )}
      </div>
      {isEdited ? (
        <TextField
          text={passage.text}
          onDone={(text) => actions.write(index, text)}
          onPause={actions.pauseInText}
          at={at}
        />
      ) : (
        <p
          class="words"
          onClick={(event) => {
            const clicked = wordOf(event.target);
            if (clicked !== undefined && getSelection()?.isCollapsed !== false)
              actions.playWord(index, clicked);
          }}
          onDblClick={() => actions.edit(index)}
        >
          {isNear && passage.words.length > 0 ? <Words passage={passage} word={word} /> : passage.text}
        </p>
      )}
    </article>
  );
});

/** The number of the word that an event is about. */
export function wordOf(target: EventTarget | Node | null): number | undefined {
  const element = target instanceof Element ? target : target instanceof Node ? target.parentElement : null;
  const number = element?.closest<HTMLElement>('[data-word]')?.dataset.word;
  return number === undefined ? undefined : Number(number);
}

function SpeakerChoice({
  index,
  passage,
  speakers,
  actions,
  name,
  at,
}: PassageProps & { name: string; at: string }) {
  return (
    <select
      class="name"
      aria-label={`Speaker of the passage at ${at}`}
      title={name}
      value={passage.speaker ?? ''}
      onChange={(event) => {
        const chosen = event.currentTarget.value;
        actions.assign(index, chosen === '+' ? undefined : chosen);
        event.currentTarget.blur();
      }}
    >
      {passage.speaker === null && <option value="">Nobody</option>}
      {speakers.map((speaker) => (
        <option key={speaker.label} value={speaker.label}>
          {speaker.name ?? speaker.label}
        </option>
      ))}
      <option value="+">{TEXTS.newSpeaker}</option>
    </select>
  );
}

function Words({
  passage: { words },
  word: current,
}: {
  readonly passage: Utterance;
  readonly word: number | undefined;
}) {
  return (
    <>
      {words.map((word, index) => (
        <>
          {index > 0 && hasSpaceBefore(word, words[index - 1]!) ? ' ' : ''}
          <span
            key={index}
            data-word={index}
            class={`${index === current ? 'now' : ''} ${(word.confidence ?? 1) < LOW_CONFIDENCE ? 'unsure' : ''}`}
          >
            {word.text}
          </span>
        </>
      ))}
    </>
  );
}
