import type { Readable } from 'node:stream';

/** Bytes that are on their way. */
export type OpenedBytes = {
  readonly stream: Readable;
  /** Where the stream starts: what was asked for, or 0 when the server starts over. */
  readonly startByte: number;
  /** Length of the whole, as the server claims. */
  readonly totalBytes?: number | undefined;
  /** Names this version of the bytes; without it nothing is resumed. */
  readonly version?: string | undefined;
};

/** Something that can be read from a byte on: a URL, an object in S3. */
export type ByteSource = {
  /**
   * @param version the version that the bytes before `startByte` are of
   * @throws SpeechError when asking again is useless, `TransferInterrupted` when it is not
   */
  open(startByte: number, version: string | undefined, signal: AbortSignal): Promise<OpenedBytes>;
};
