/** From a model of the manifest, or a folder, to the files of an aligner. */
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { InvalidInputError, ModelError } from '../../core/errors.ts';
import type { CtcAlignerFiles } from '../../core/transcription/forced-alignment/open-ctc-aligner.ts';
import { fileOfRole, graphOfRole, type StoredModel } from '../../models/store.ts';

/**
 * The files of a model for forced alignment.
 *
 * @throws InvalidInputError `invalid_option` for a model of another kind
 * @throws ModelError `model_missing` for one that lacks a file
 */
export function alignerFilesOf(model: StoredModel): CtcAlignerFiles {
  if (model.entry.task === 'forced-alignment') {
    return {
      model: graphOfRole(model),
      vocabularyPath: fileOfRole(model, 'vocabulary'),
      languages: model.entry.languages ?? [],
    };
  }
  throw new InvalidInputError(
    'invalid_option',
    `${model.id} is a model for ${model.entry.task}; aligning needs one for forced-alignment (colloquy models list).`,
    { details: { option: 'align' } },
  );
}

/** What the graph of a CTC model of the wav2vec 2.0 kind takes and gives. */
const TENSORS = { inputs: ['input_values'], outputs: ['logits'] } as const;

/** True for an aligner that is named by its folder: anything with a slash. */
export function isFolder(reference: string): boolean {
  return /[/\\]/.test(reference);
}

/**
 * An aligner that is no model of the manifest: a folder with `model.onnx` and `vocab.json`, as exports of Hugging Face
 * models have them. Nobody vouches for it.
 *
 * @throws ModelError `model_missing`
 */
export function alignerFilesIn(folder: string): CtcAlignerFiles {
  const id = basename(resolve(folder));
  const path = join(folder, 'model.onnx');
  const vocabularyPath = join(folder, 'vocab.json');
  for (const file of [path, vocabularyPath]) {
    if (existsSync(file)) continue;
    throw new ModelError(
      'model_missing',
      `${id} has no ${basename(file)}; an aligner is a folder with model.onnx and vocab.json.`,
      { details: { model: id } },
    );
  }
  return { model: { id, path, ...TENSORS }, vocabularyPath, languages: [] };
}
