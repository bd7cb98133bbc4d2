import type { Edit } from '../../../core/result/edit.ts';

/** What was done, in steps that are undone together, and what was undone. */
export type History = {
  readonly steps: readonly (readonly Edit[])[];
  readonly undone: readonly (readonly Edit[])[];
};

/** Edits of an earlier visit: each is a step. */
export function historyOf(edits: readonly Edit[]): History {
  return { steps: edits.map((edit) => [edit]), undone: [] };
}

export function editsOfHistory({ steps }: History): Edit[] {
  return steps.flat();
}

/** A new step forgets what was undone. */
export function withStep(history: History, step: readonly Edit[]): History {
  return step.length === 0 ? history : { steps: [...history.steps, step], undone: [] };
}

export function undo(history: History): History {
  const last = history.steps.at(-1);
  if (last === undefined) return history;
  return { steps: history.steps.slice(0, -1), undone: [...history.undone, last] };
}

export function redo(history: History): History {
  const last = history.undone.at(-1);
  if (last === undefined) return history;
  return { steps: [...history.steps, last], undone: history.undone.slice(0, -1) };
}
