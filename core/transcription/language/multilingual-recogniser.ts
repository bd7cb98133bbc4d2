import type { FoundLanguage, LanguageFinder, Recogniser } from '../recogniser.ts';

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
  /** Gives what finds out languages, e.g. `openLanguageFinder(files, open)`: most recordings need nothing else of it. */
  readonly openFinder: () => Promise<LanguageFinder>;
};

/** Languages are always found by the finder, so that what was opened before decides nothing. */
export function openWhenNeeded({ open, openFinder }: MultilingualOpeners): MultilingualRecogniser {
  let recogniser: Promise<Recogniser> | undefined;
  return {
    findLanguage: async (sound, signal) => (await openFinder()).findLanguage(sound, signal),
    open: () => {
      recogniser ??= open();
      // What failed may be mended, by pulling the model again for instance.
      recogniser.catch(() => (recogniser = undefined));
      return recogniser;
    },
  };
}
