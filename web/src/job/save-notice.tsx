import { TEXTS } from '../texts.ts';
import type { useEdits } from '../transcript/use-edits.ts';

/** Whether what was changed is safe. */
export function SaveNotice({ edits }: { readonly edits: ReturnType<typeof useEdits> }) {
  const { state, canUndo, takeTheirs, keepMine } = edits;
  if (state === 'conflict') {
    return (
      <div class="banner row" role="alert">
        <span class="grow">{TEXTS.conflict}</span>
        <button type="button" onClick={takeTheirs}>
          Load theirs
        </button>
        <button type="button" onClick={keepMine}>
          Keep mine
        </button>
      </div>
    );
  }
  if (state === 'offline') {
    return (
      <p class="banner" role="alert">
        {TEXTS.offline}
      </p>
    );
  }
  return (
    <p class="soft saved" role="status">
      {state === 'saving' ? TEXTS.saving : canUndo ? TEXTS.saved : ''}
    </p>
  );
}
