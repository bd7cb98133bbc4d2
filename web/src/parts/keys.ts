/** What a key does outside of text fields. */
export type Command =
  | 'play'
  | 'back'
  | 'forward'
  | 'previous'
  | 'next'
  | 'word-back'
  | 'word-forward'
  | 'edit'
  | 'split'
  | 'join'
  | 'rename'
  | 'find'
  | 'undo'
  | 'redo'
  | 'slower'
  | 'faster'
  | 'zoom-in'
  | 'zoom-out'
  | 'assign';

/** One table, which the page follows and shows. No Ctrl+Space (input methods), no Alt+arrows (history). */
export const KEYS: readonly {
  readonly keys: string;
  readonly does: string;
  readonly command?: Command;
  readonly on?: readonly string[];
}[] = [
  { keys: 'Space', does: 'Play and pause', command: 'play', on: [' '] },
  { keys: 'J  L', does: 'Back, forward 5 seconds', command: 'back', on: ['j', 'J'] },
  { keys: '↑  ↓', does: 'Previous, next passage, and play it', command: 'previous', on: ['ArrowUp'] },
  { keys: '←  →', does: 'Previous, next word', command: 'word-back', on: ['ArrowLeft'] },
  {
    keys: '1 … 9',
    does: 'The passage is speaker 1 … 9',
    command: 'assign',
    on: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
  },
  { keys: 'E', does: 'Correct the text', command: 'edit', on: ['e', 'E'] },
  { keys: 'S', does: 'Split at the word', command: 'split', on: ['s', 'S'] },
  { keys: 'M', does: 'Join with the passage before', command: 'join', on: ['m', 'M'] },
  { keys: 'R', does: 'Rename the speaker', command: 'rename', on: ['r', 'R'] },
  { keys: '/', does: 'Find and replace', command: 'find', on: ['/'] },
  { keys: 'Z  Shift+Z', does: 'Undo, redo', command: 'undo', on: ['z'] },
  { keys: ',  .', does: 'Slower, faster', command: 'slower', on: [','] },
  { keys: '+  −', does: 'Zoom the picture', command: 'zoom-in', on: ['+', '='] },
  { keys: 'Esc', does: 'In text: play and pause, from a second before' },
  { keys: 'Ctrl+Enter', does: 'In text: done' },
  { keys: '?', does: 'This list' },
];

/** The other key of each pair. */
const SECOND: Readonly<Record<string, Command>> = {
  l: 'forward',
  L: 'forward',
  ArrowDown: 'next',
  ArrowRight: 'word-forward',
  Z: 'redo',
  '.': 'faster',
  '-': 'zoom-out',
};

export function commandOf(event: KeyboardEvent): Command | undefined {
  if (event.altKey) return undefined;
  if (event.ctrlKey || event.metaKey) {
    const isUndo = event.key.toLowerCase() === 'z';
    return isUndo ? (event.shiftKey ? 'redo' : 'undo') : undefined;
  }
  return SECOND[event.key] ?? KEYS.find(({ on }) => on?.includes(event.key) === true)?.command;
}

/** Whether keys are text there. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.matches('input, textarea, select') || target.isContentEditable)
  );
}
