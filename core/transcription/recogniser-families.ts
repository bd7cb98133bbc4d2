/** Every family of recognisers. A new one is one line in each of the two tables: this and `handlers/setup/recogniser-files.ts`. */
import { assert } from '../errors.ts';
import type { SessionOpener } from '../inference/session.ts';
import type { MoonshineFiles } from './moonshine/open-moonshine.ts';
import type { NemoFiles } from './nemo/open-nemo.ts';
import type { LanguageFinder, Recogniser } from './recogniser.ts';
import type { WhisperFiles } from './whisper/open-whisper.ts';

/** Where the files of a model lie, by its family. */
export type FilesOfFamily = {
  readonly moonshine: MoonshineFiles;
  readonly whisper: WhisperFiles;
  readonly nemo: NemoFiles;
};

export type RecogniserFamily = keyof FilesOfFamily;

/** A model of any family, found and verified by `models/store`. */
export type RecogniserFiles = {
  readonly [Family in RecogniserFamily]: {
    readonly family: Family;
    readonly files: FilesOfFamily[Family];
  };
}[RecogniserFamily];

type OpenFamily<Family extends RecogniserFamily> = (
  files: FilesOfFamily[Family],
  open: SessionOpener,
) => Promise<Recogniser>;

/** Each family is loaded when it is asked for. */
const FAMILIES: { readonly [Family in RecogniserFamily]: OpenFamily<Family> } = {
  moonshine: async (files, open) =>
    (await import('./moonshine/open-moonshine.ts')).openMoonshine(files, open),
  whisper: async (files, open) => (await import('./whisper/open-whisper.ts')).openWhisper(files, open),
  nemo: async (files, open) => (await import('./nemo/open-nemo.ts')).openNemo(files, open),
};

/**
 * Opens a recogniser of any family.
 *
 * @throws ModelError as the family says
 */
export function openRecogniser({ family, files }: RecogniserFiles, open: SessionOpener): Promise<Recogniser> {
  const openFamily = FAMILIES[family] as OpenFamily<RecogniserFamily>;
  return openFamily(files, open);
}

/**
 * Opens what finds out the language with a model of a family that does.
 *
 * @throws ModelError as the family says
 */
export async function openLanguageFinder(
  { family, files }: RecogniserFiles,
  open: SessionOpener,
): Promise<LanguageFinder> {
  assert(family === 'whisper', `Recognisers of the family ${family} do not tell languages apart.`);
  return (await import('./whisper/language/open-language-finder.ts')).openWhisperLanguageFinder(files, open);
}
