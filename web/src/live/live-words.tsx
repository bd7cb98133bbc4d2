import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { speakerColour } from '../../../core/formats/documents/speaker-colours.ts';
import type { LiveWord } from '../../../core/result/live/live-events.ts';
import type { LiveTranscript } from '../../../core/result/live/live-transcript.ts';
import { hasSpaceBefore } from '../../../core/text/join-words.ts';
import { readableTime } from '../parts/clock.ts';
import { Icon } from '../parts/icon.tsx';
import { memo } from '../parts/memo.tsx';
import { TEXTS } from '../texts.ts';
import { livePassages } from './live-passages.ts';

/** Who is this near the end wants to stay there. */
const NEAR_END_PIXELS = 160;

/** What is said, as it becomes known: grey until two decodes agree, without colour until the speaker is told. */
export function LiveWords({
  transcript,
  labels,
  isOver,
}: {
  readonly transcript: LiveTranscript;
  readonly labels: readonly string[];
  readonly isOver: boolean;
}) {
  const passages = livePassages(transcript);
  const { isAtEnd, toEnd } = useEnd();
  return (
    <section class="transcript card" aria-label="Transcript">
      {passages.map(({ startSeconds, label, words }, index) => (
        <LivePassageRow
          key={index}
          at={readableTime(startSeconds)}
          name={label === null ? '' : (transcript.names[label] ?? label)}
          lane={label === null ? -1 : labels.indexOf(label)}
          words={words}
          state={words.map(({ text, agreed, speakerState }) => `${text}${agreed}${speakerState}`).join(' ')}
        />
      ))}
      {passages.length === 0 && !isOver && <p class="soft">{TEXTS.noWordsYet}</p>}
      {passages.length > 0 && !isOver && (
        <p class="soft legend">
          <span class="interim">grey</span> {TEXTS.interimMeans}
        </p>
      )}
      {!isAtEnd && !isOver && (
        <button type="button" class="to-end" onClick={toEnd}>
          <Icon name="down" /> {TEXTS.toNow}
        </button>
      )}
    </section>
  );
}

/** Whether the reader is at the end of the page; if so, the page follows what is said. */
function useEnd() {
  const [isAtEnd, setAtEnd] = useState(true);
  const stays = useRef(true);
  const root = document.documentElement;
  const toEnd = (): void => scrollTo({ top: root.scrollHeight });
  useEffect(() => {
    const onScroll = (): void => {
      stays.current = scrollY + innerHeight > root.scrollHeight - NEAR_END_PIXELS;
      setAtEnd(stays.current);
    };
    addEventListener('scroll', onScroll, { passive: true });
    return () => removeEventListener('scroll', onScroll);
  }, []);
  useLayoutEffect(() => {
    if (stays.current) toEnd();
  });
  return { isAtEnd, toEnd };
}

type RowProps = {
  readonly at: string;
  readonly name: string;
  readonly lane: number;
  readonly words: readonly LiveWord[];
  /** What tells this drawing from the next one: words are new objects each time. */
  readonly state: string;
};

function DrawnLivePassage({ at, name, lane, words }: RowProps) {
  return (
    <article class="passage" aria-label={`${name || TEXTS.unknownSpeaker}, ${at}`}>
      <div class="meta">
        <span
          class="swatch"
          style={{ background: lane < 0 ? 'var(--line)' : speakerColour(lane) }}
          aria-hidden="true"
        />
        <span class="name">{name || '…'}</span>
        <span class="time soft">{at}</span>
      </div>
      <p class="words">
        {words.map((word, index) => (
          <>
            {index > 0 && hasSpaceBefore(word, words[index - 1]!) ? ' ' : ''}
            <span
              key={index}
              class={`${word.agreed ? '' : 'interim'} ${word.speakerState === 'pending' ? 'pending' : ''}`}
            >
              {word.text}
            </span>
          </>
        ))}
      </p>
    </article>
  );
}

const LivePassageRow = memo(DrawnLivePassage, ['at', 'name', 'lane', 'state']);
