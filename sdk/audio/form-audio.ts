import { classifyAudio, type AudioInput, type ClassifiedAudio } from './audio-input.ts';
import { decodeBase64 } from './base64.ts';
import { piecesOfStream, spoolUpload } from './byte-stream.ts';
import { InvalidRequestError } from '../errors/errors.ts';
import type { AudioSource } from '../wire.ts';

/** Where a recording of a form is: somewhere else, or among the files of the form. */
export type FormSource = AudioSource | { readonly file: number };

/** Recordings as a form carries them: files are read from the disk while they are sent. */
export type FormAudio = {
  readonly sources: readonly FormSource[];
  readonly files: readonly { readonly blob: Blob; readonly name: string }[];
  /** Removes what was collected of streams. */
  readonly dispose: () => Promise<void>;
};

/**
 * Prepares recordings for a form. A stream is collected first, since a request that fails is sent again.
 *
 * @throws what `classifyAudio` throws; InvalidRequestError for audio of 0 bytes
 */
export async function formAudio(inputs: readonly AudioInput[], signal: AbortSignal): Promise<FormAudio> {
  const sources: FormSource[] = [];
  const files: { blob: Blob; name: string }[] = [];
  const spooled: { dispose(): Promise<void> }[] = [];
  const dispose = async (): Promise<void> => {
    await Promise.all(spooled.map((one) => one.dispose()));
  };
  const addFile = (blob: Blob, name: string): void => {
    if (blob.size === 0) throw new InvalidRequestError('invalid_option', 'Expected audio; got 0 bytes.');
    sources.push({ file: files.length });
    files.push({ blob, name });
  };
  try {
    for (const input of inputs) {
      signal.throwIfAborted();
      const audio = await classifyAudio(input);
      if (audio.kind === 'stream') {
        const collected = await spoolUpload(piecesOfStream(audio.stream, signal));
        spooled.push(collected);
        addFile(collected.blob, 'audio');
      } else if (audio.kind === 'blob') addFile(audio.blob, audio.name);
      else addSource(audio, sources, addFile);
    }
    return { sources, files, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** Base64 that can be read travels as the bytes it stands for. */
function addSource(
  { source }: Extract<ClassifiedAudio, { kind: 'source' }>,
  sources: FormSource[],
  addFile: (blob: Blob, name: string) => void,
): void {
  const decoded = 'base64' in source ? decodeBase64(source.base64) : undefined;
  if (decoded === undefined) sources.push(source);
  else addFile(new Blob([decoded]), 'audio');
}
