import { openOnnxSession } from '../../inference/onnx-session.ts';
import type { SessionOpener } from '../../inference/session.ts';
import type { FoundLanguage, Recogniser } from '../recogniser.ts';

/** A recogniser of many languages that is opened only where it is needed. */
export type MultilingualRecogniser = {
  /** @throws ModelError, CanceledError */
  readonly findLanguage: (sound: Float32Array, signal?: AbortSignal) => Promise<FoundLanguage>;
  /** The same one in every call. @throws ModelError */
  readonly open: () => Promise<Recogniser>;
};

export type MultilingualOpeners = {
  /** Gives the one that writes down recordings. */
  readonly open: () => Promise<Recogniser>;
  /** Opens a copy, e.g. `(open) => openWhisper(files, open)`. */
  readonly openHere: (open: SessionOpener) => Promise<Recogniser>;
};

/**
 * While it is not open, languages are found by a copy in this thread, which takes less than a second: most recordings
 * need nothing else of it, and one in every lane would cost memory and loading.
 */
export function openWhenNeeded({ open, openHere }: MultilingualOpeners): MultilingualRecogniser {
  let opened: Recogniser | undefined;
  return {
    findLanguage: async (sound, signal) => {
      if (opened !== undefined) return opened.findLanguage!(sound, signal);
      const copy = await openHere((model, graph) => openOnnxSession(model, { provider: 'cpu', graph }));
      try {
        return await copy.findLanguage!(sound, signal);
      } finally {
        await copy.release();
      }
    },
    open: async () => (opened ??= await open()),
  };
}
