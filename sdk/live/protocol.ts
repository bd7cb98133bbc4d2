/** Subprotocol of the socket of a live session. */
export const LIVE_PROTOCOL = 'colloquy.live.v1';

/** The most bytes of one message. */
export const MAX_LIVE_MESSAGE_BYTES = 256 * 1024;
