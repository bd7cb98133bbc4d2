import type { OnEventProblem, OnHint } from './event-listener.ts';
import { readStoreMessage } from './read-store-message.ts';

/** What became of a message. */
export type MessageFate =
  /** It told of objects of this bucket, of their removal, or that notifications were set up. */
  | 'taken'
  /** It is somebody else's: another bucket, or nothing that is known here. */
  | 'foreign';

/** Passes on what a notification says of one bucket. */
export function takeMessage(
  body: string,
  bucket: string,
  onHint: OnHint,
  onProblem: OnEventProblem,
): MessageFate {
  let isOurs = false;
  for (const message of readStoreMessage(body)) {
    if ('reason' in message) {
      if (message.kind === 'test') isOurs = true;
      else onProblem(`A message was not understood: ${message.reason}.`);
    } else if (message.bucket === bucket) {
      isOurs = true;
      if (message.kind === 'created') onHint(message.keyCandidates);
    } else onProblem('A message names another bucket.');
  }
  return isOurs ? 'taken' : 'foreign';
}
