import { vocabularyInBytesOf } from '../../inference/made-graphs.ts';
import type { ModelFile, SessionOpener } from '../../inference/session.ts';
import { readModelText } from '../../inference/read-model-file.ts';
import { MoonshineRecogniser } from './moonshine.ts';
import { Vocabulary } from './vocabulary.ts';

/** Where the files of a Moonshine model lie; found and verified by `models/store`. */
export type MoonshineFiles = {
  readonly encoder: ModelFile;
  readonly decoder: ModelFile;
  /** `vocab.json` or `tokenizer.json`. */
  readonly vocabularyPath: string;
  /** ISO 639-1. */
  readonly languages: readonly string[];
};

/**
 * Loads a Moonshine model.
 *
 * @throws ModelError `model_missing`, `model_shape_mismatch` for files that are missing, damaged or of another model
 */
export async function openMoonshine(
  files: MoonshineFiles,
  open: SessionOpener,
): Promise<MoonshineRecogniser> {
  const { id } = files.decoder;
  const vocabulary = Vocabulary.parse(
    await readModelText(files.vocabularyPath, id, `The vocabulary of ${id}`),
    id,
  );
  const [encoder, decoder] = await Promise.all([
    open(files.encoder),
    open(files.decoder, vocabularyInBytesOf(files.decoder)),
  ]);
  try {
    return new MoonshineRecogniser(encoder, decoder, vocabulary, files.languages);
  } catch (error) {
    await Promise.all([encoder.release(), decoder.release()]);
    throw error;
  }
}
