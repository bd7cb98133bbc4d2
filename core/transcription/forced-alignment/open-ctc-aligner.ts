import type { ModelFile, SessionOpener } from '../../inference/session.ts';
import { readModelText } from '../../inference/read-model-file.ts';
import { CtcAligner, type CtcAlignerOptions, DEFAULT_CTC_ALIGNER_OPTIONS } from './ctc-aligner.ts';
import { parseCtcDictionary } from './ctc-dictionary.ts';

/** Where the files of an alignment model lie; found and verified by `models/store`. */
export type CtcAlignerFiles = {
  readonly model: ModelFile;
  /** `vocab.json`. */
  readonly vocabularyPath: string;
  /** ISO 639-1. */
  readonly languages: readonly string[];
};

/**
 * Loads a model for forced alignment.
 *
 * @throws ModelError `model_missing`, `model_shape_mismatch` for files that are missing or damaged
 */
export async function openCtcAligner(
  files: CtcAlignerFiles,
  open: SessionOpener,
  options: CtcAlignerOptions = DEFAULT_CTC_ALIGNER_OPTIONS,
): Promise<CtcAligner> {
  const { id } = files.model;
  const vocabulary = await readModelText(files.vocabularyPath, id, `The vocabulary of ${id}`);
  const dictionary = parseCtcDictionary(vocabulary, id);
  return new CtcAligner(await open(files.model), dictionary, files.languages, options);
}
