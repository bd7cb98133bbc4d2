import { TEXTS } from '../texts.ts';
import type { useEdits } from '../transcript/use-edits.ts';

type Edits = ReturnType<typeof useEdits>;

/** Whether what was changed is safe, in a word. */
export function SaveNotice({ edits: { state, canUndo } }: { readonly edits: Edits }) {
  return (
    <p class="soft saved" role="status">
      {state === 'saving' ? TEXTS.saving : state === 'saved' && canUndo ? TEXTS.saved : ''}
    </p>
  );
}

/** What keeps it from being safe, and what can be done. */
export function SaveTrouble({ edits: { state, takeTheirs, keepMine } }: { readonly edits: Edits }) {
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
  if (state !== 'offline') return null;
  return (
    <p class="banner" role="alert">
      {TEXTS.offline}
    </p>
  );
}
