import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from './icon.tsx';

/** A place where recordings are dropped or chosen. */
export function FileDrop({
  label,
  about,
  multiple = false,
  onFiles,
  children,
}: {
  readonly label: string;
  readonly about: string;
  readonly multiple?: boolean;
  readonly onFiles: (files: readonly File[]) => void;
  readonly children?: ComponentChildren;
}) {
  const [isOver, setOver] = useState(false);
  return (
    <div
      class={`drop ${isOver ? 'over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        onFiles([...(event.dataTransfer?.files ?? [])]);
      }}
    >
      <label class="pick">
        <Icon name="upload" />
        <strong>{label}</strong>
        <span class="soft small">{about}</span>
        <input
          class="unseen"
          type="file"
          accept="audio/*,video/*"
          multiple={multiple}
          onChange={(event) => {
            onFiles([...(event.currentTarget.files ?? [])]);
            event.currentTarget.value = '';
          }}
        />
      </label>
      {children}
    </div>
  );
}
