import { randomBytes } from 'node:crypto';
import type { Caller } from '../http/keys.ts';

/** How long a ticket may be used. */
export const TICKET_SECONDS = 60;
const MOST_TICKETS = 10_000;

/** Lets a page open one socket without the key: browsers cannot send headers, and addresses are logged. */
export class Tickets {
  readonly #tickets = new Map<string, { readonly caller: Caller; readonly expiresAt: number }>();

  /** A ticket for one socket of this caller. */
  issue(caller: Caller): { readonly ticket: string; readonly expiresAt: string } {
    const now = Date.now();
    for (const [ticket, { expiresAt }] of this.#tickets) if (expiresAt <= now) this.#tickets.delete(ticket);
    // The oldest goes: nobody can keep others out by asking for many.
    if (this.#tickets.size >= MOST_TICKETS) this.#tickets.delete(this.#tickets.keys().next().value!);
    const ticket = randomBytes(24).toString('base64url');
    const expiresAt = now + 1000 * TICKET_SECONDS;
    this.#tickets.set(ticket, { caller, expiresAt });
    return { ticket, expiresAt: new Date(expiresAt).toISOString() };
  }

  /** Whose ticket it is; once. */
  take(ticket: string): Caller | undefined {
    const known = this.#tickets.get(ticket);
    this.#tickets.delete(ticket);
    return known !== undefined && known.expiresAt > Date.now() ? known.caller : undefined;
  }
}
