/** What one check found out. `missing` is something that Colloquy cannot work without. */
export type Finding = {
  readonly check: string;
  readonly status: 'ok' | 'note' | 'missing';
  /** One line for people. */
  readonly summary: string;
  /** What to do about it; absent when nothing need be done. */
  readonly remedy?: string;
  /** The same for programs. */
  readonly facts: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
};
