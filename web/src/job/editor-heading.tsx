import { Icon } from '../parts/icon.tsx';
import { TEXTS } from '../texts.ts';
import type { useEdits } from '../transcript/use-edits.ts';
import { SaveNotice } from './save-notice.tsx';

/** What the recording is called, whether it is safe, and what can be done with all of it. */
export function EditorHeading({
  name,
  edits,
  isFinding,
  onFind,
  onExport,
}: {
  readonly name: string;
  readonly edits: ReturnType<typeof useEdits>;
  readonly isFinding: boolean;
  readonly onFind: () => void;
  readonly onExport: () => void;
}) {
  return (
    <div class="heading row">
      <h1 class="grow">{name}</h1>
      <SaveNotice edits={edits} />
      <button
        type="button"
        disabled={!edits.canUndo}
        aria-label={TEXTS.undo}
        title={TEXTS.undo}
        onClick={edits.undo}
      >
        <Icon name="undo" />
      </button>
      <button
        type="button"
        disabled={!edits.canRedo}
        aria-label={TEXTS.redo}
        title={TEXTS.redo}
        onClick={edits.redo}
      >
        <Icon name="redo" />
      </button>
      <button type="button" onClick={onFind} aria-expanded={isFinding}>
        <Icon name="search" /> {TEXTS.find}
      </button>
      <button type="button" class="primary" onClick={onExport}>
        <Icon name="download" /> {TEXTS.exportAs}
      </button>
    </div>
  );
}
