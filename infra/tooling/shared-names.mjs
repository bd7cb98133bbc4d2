/** Names that several files may export, each with its reason (see `check-names.mjs`). */
export const ALLOWED = {
  CanceledError:
    'caught by users of the engine and of the client: each is of the family of errors of its own door',
  DeadlineError: 'as CanceledError',
};
