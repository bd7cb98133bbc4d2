/** Drawings of 24 by 24, in lines of the colour of the text beside them. */
const PATHS = {
  play: 'M7 4.5v15l12-7.5z',
  pause: 'M8 5v14M16 5v14',
  undo: 'M4 9h10a5 5 0 0 1 0 10H8M4 9l4-4M4 9l4 4',
  redo: 'M20 9H10a5 5 0 0 0 0 10h6M20 9l-4-4M20 9l-4 4',
  search: 'M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM20 20l-4.8-4.8',
  download: 'M12 4v11M12 15l-4.5-4.5M12 15l4.5-4.5M5 20h14',
  upload: 'M12 16V5M12 5L7.5 9.5M12 5l4.5 4.5M5 20h14',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  pencil: 'M5 19l1-4L16 5l3 3L9 18zM14 7l3 3',
  erase: 'M5 7h14M10 7V5h4v2M7 7l1 12h8l1-12M10.5 10.5v5M13.5 10.5v5',
  close: 'M6 6l12 12M18 6L6 18',
  up: 'M12 19V6M12 6l-5 5M12 6l5 5',
  down: 'M12 5v13M12 18l-5-5M12 18l5-5',
  microphone:
    'M12 4a2.5 2.5 0 0 1 2.5 2.5v5a2.5 2.5 0 0 1-5 0v-5A2.5 2.5 0 0 1 12 4zM6.5 11a5.5 5.5 0 0 0 11 0M12 16.5V20',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  wait: 'M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM12 8v4l3 2',
  wrong: 'M12 4l9 16H3zM12 10v4M12 17v.2',
  voice: 'M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM5 20a7 7 0 0 1 14 0',
} as const;

export type IconName = keyof typeof PATHS;

/** Never alone: the button or text beside it says what it means. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
