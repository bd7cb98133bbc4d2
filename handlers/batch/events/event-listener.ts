/** Something that tells of new objects, until it is closed. */
export interface EventListener {
  /** For people: where it listens. No token is in it. */
  readonly description: string;
  close(): Promise<void>;
}

/** Told of an object: what its key may be, most likely first. */
export type OnHint = (keyCandidates: readonly string[]) => void;

/** Told of what listeners could not use, without any of its contents. */
export type OnEventProblem = (message: string) => void;
