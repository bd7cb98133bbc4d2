import { useLayoutEffect, useRef } from 'preact/hooks';

/** The text of a passage, to be corrected. */
export function TextField({
  text,
  at,
  onDone,
  onPause,
}: {
  readonly text: string;
  readonly at: string;
  readonly onDone: (text: string) => void;
  /** Plays and pauses, so that one hears what one writes. */
  readonly onPause: () => void;
}) {
  const field = useRef<HTMLTextAreaElement>(null);
  const fit = (): void => {
    if (field.current === null) return;
    field.current.style.height = 'auto';
    field.current.style.height = `${field.current.scrollHeight + 2}px`;
  };
  useLayoutEffect(() => {
    fit();
    field.current?.focus();
  }, []);
  return (
    <textarea
      ref={field}
      class="words"
      rows={1}
      aria-label={`Text of the passage at ${at}`}
      defaultValue={text}
      onInput={fit}
      // A click elsewhere loses nothing.
      onBlur={(event) => onDone(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onPause();
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.blur();
        event.stopPropagation();
      }}
    />
  );
}
