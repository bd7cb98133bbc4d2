import type { AudioSource } from '../wire.ts';

/** What an upload may know about the audio. */
export type UploadInfo = {
  /** Name of the file, `audio` where it has none. */
  readonly name: string;
  readonly signal: AbortSignal;
};

/** Puts audio where the worker can fetch it, and says where that is. The Blob reads from the disk where it can. */
export type Upload = (audio: Blob, info: UploadInfo) => Promise<AudioSource>;
