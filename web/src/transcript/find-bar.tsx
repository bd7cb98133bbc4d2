import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Edit } from '../../../core/result/edit.ts';
import type { Utterance } from '../../../core/result/result.ts';
import { Icon } from '../parts/icon.tsx';
import { TEXTS } from '../texts.ts';
import { findMatches, type Match, replaceMatches } from './search.ts';
import { showMatch } from './show-match.ts';

/** Finds and replaces in all of the transcript. */
export function FindBar({
  passages,
  canEdit,
  onEdits,
  onClose,
}: {
  readonly passages: readonly Utterance[];
  readonly canEdit: boolean;
  readonly onEdits: (edits: readonly Edit[]) => void;
  readonly onClose: () => void;
}) {
  const [text, setText] = useState('');
  const [replacement, setReplacement] = useState('');
  const [matchCase, setMatchCase] = useState(false);
  const [wholeWords, setWholeWords] = useState(false);
  const [at, setAt] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const matches = useMemo(
    () => findMatches(passages, { text, matchCase, wholeWords }),
    [passages, text, matchCase, wholeWords],
  );
  const current = matches.length === 0 ? undefined : matches[at % matches.length];
  // At once: what is typed after the key belongs into the field.
  useLayoutEffect(() => field.current?.focus(), []);
  useEffect(() => {
    showMatch(current);
    return () => showMatch(undefined);
  }, [current]);
  const move = (steps: number): void => {
    if (matches.length > 0) setAt((at + steps + matches.length) % matches.length);
  };
  const replace = (places: readonly Match[]): void => onEdits(replaceMatches(passages, places, replacement));
  return (
    <form
      class="find"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        move(1);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <label>
        {TEXTS.find}
        <input
          ref={field}
          type="search"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <span role="status" class="count">
        {text === ''
          ? ''
          : matches.length === 0
            ? 'nothing'
            : `${(at % matches.length) + 1} of ${matches.length}`}
      </span>
      <button type="button" aria-label="Previous place" onClick={() => move(-1)}>
        <Icon name="up" />
      </button>
      <button aria-label="Next place">
        <Icon name="down" />
      </button>
      <label class="check">
        <input
          type="checkbox"
          checked={matchCase}
          onChange={(event) => setMatchCase(event.currentTarget.checked)}
        />
        Capitals matter
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={wholeWords}
          onChange={(event) => setWholeWords(event.currentTarget.checked)}
        />
        Whole words
      </label>
      {canEdit && (
        <>
          <label>
            {TEXTS.replace}
            <input value={replacement} onInput={(event) => setReplacement(event.currentTarget.value)} />
          </label>
          <button
            type="button"
            disabled={current === undefined}
            onClick={() => current && replace([current])}
          >
            Replace
          </button>
          <button type="button" disabled={matches.length === 0} onClick={() => replace(matches)}>
            {TEXTS.replaceAll}
          </button>
        </>
      )}
      <button type="button" class="quiet" aria-label="Close the search" onClick={onClose}>
        <Icon name="close" />
      </button>
    </form>
  );
}
