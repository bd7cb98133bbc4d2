import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Edit } from '../../../core/result/edit.ts';
import { applyEdits } from '../../../core/transcript/edits/apply-edits.ts';
import { readEdits, RequestFailure, writeEdits } from '../api.ts';
import type { AnyResult } from '../page-types.ts';
import { editsOfHistory, type History, historyOf, redo, undo, withStep } from './history.ts';

export type SaveState = 'saved' | 'saving' | 'offline' | 'conflict';

const SAVE_DELAY_MS = 600;
const RETRY_MS = 4000;

/** The edits of a job: applied at once, sent a moment later, sent again while the server does not answer. */
export function useEdits(job: string, original: AnyResult) {
  const [history, setHistory] = useState<History>(() => historyOf([]));
  const [state, setState] = useState<SaveState>('saved');
  const etag = useRef('*');
  const current = useRef(history);
  current.current = history;
  const saved = useRef<History>(history);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const isLoaded = useRef(false);

  const load = useCallback(async () => {
    const stored = await readEdits(job);
    etag.current = stored.etag;
    const loaded = historyOf(stored.edits);
    saved.current = loaded;
    isLoaded.current = true;
    setHistory(loaded);
    setState('saved');
  }, [job]);
  useEffect(() => void load().catch(() => setState('offline')), [load]);

  const save = useCallback(async (): Promise<void> => {
    clearTimeout(timer.current);
    if (!isLoaded.current || saved.current === current.current) return;
    const sending = current.current;
    setState('saving');
    try {
      etag.current = await writeEdits(job, editsOfHistory(sending), etag.current);
      saved.current = sending;
      if (current.current === sending) setState('saved');
      else await save();
    } catch (error) {
      const isConflict = error instanceof RequestFailure && error.status === 412;
      setState(isConflict ? 'conflict' : 'offline');
      if (!isConflict) timer.current = setTimeout(() => void save(), RETRY_MS);
    }
  }, [job]);

  useEffect(() => {
    if (!isLoaded.current || saved.current === history) return undefined;
    clearTimeout(timer.current);
    // Nothing is said to be safe that is only about to be sent.
    setState((before) => (before === 'saved' ? 'saving' : before));
    timer.current = setTimeout(() => void save(), SAVE_DELAY_MS);
    return undefined;
  }, [history, save]);

  useEffect(() => {
    const onLeave = (event: BeforeUnloadEvent): void => {
      if (saved.current !== current.current) event.preventDefault();
    };
    addEventListener('beforeunload', onLeave);
    return () => {
      removeEventListener('beforeunload', onLeave);
      void save();
    };
  }, [save]);

  const result = useMemo(() => applyEdits(original, editsOfHistory(history)).result, [original, history]);
  return {
    result,
    state,
    save,
    canUndo: history.steps.length > 0,
    canRedo: history.undone.length > 0,
    apply: useCallback((...edits: readonly Edit[]) => setHistory((before) => withStep(before, edits)), []),
    undo: useCallback(() => setHistory(undo), []),
    redo: useCallback(() => setHistory(redo), []),
    /** After a conflict: what the others wrote. */
    takeTheirs: () => void load(),
    /** After a conflict: what is here, over what the others wrote. */
    keepMine: () => {
      etag.current = '*';
      void save();
    },
  };
}
