/** What goes wrong with a model, told in our words: a runtime's own messages carry paths and source positions. */
import { CapacityError, isSpeechError, ModelError } from '../errors.ts';
import { briefReason } from './execution-provider.ts';
import type { ModelFile } from './session.ts';

export function modelFileMissing(model: ModelFile, cause: unknown): ModelError {
  return new ModelError(
    'model_missing',
    `The file of model ${model.id} is missing. Fetch it with "colloquy models pull ${model.id}".`,
    { details: { model: model.id }, cause },
  );
}

/** A file that is no graph, or only part of one. */
export function modelNotLoadable(model: ModelFile, cause: unknown): Error {
  if (isMemoryShortage(cause)) return outOfMemory(model, cause);
  return new ModelError(
    'model_shape_mismatch',
    `Model ${model.id} cannot be loaded: its file is damaged or not an ONNX graph that this runtime knows. ` +
      'Check it with "colloquy models verify" and fetch it again.',
    { details: { model: model.id, reason: briefReason(cause) }, cause },
  );
}

/**
 * Checks that all expected names are there.
 *
 * @throws ModelError `model_shape_mismatch`
 */
export function requireNames(
  model: ModelFile,
  kind: 'input' | 'output',
  expected: readonly string[],
  actual: readonly string[],
): void {
  const missing = expected.filter((name) => !actual.includes(name));
  if (missing.length === 0) return;
  throw new ModelError(
    'model_shape_mismatch',
    `Model ${model.id} should have the ${kind}s ${expected.join(', ')}, but has ${actual.join(', ') || 'none'}. ` +
      'The file is of another model or another export.',
    { details: { model: model.id, missing } },
  );
}

/** A run that the runtime refused or did not finish. */
export function runFailed(model: ModelFile, cause: unknown): Error {
  if (isSpeechError(cause)) return cause;
  if (isMemoryShortage(cause)) return outOfMemory(model, cause);
  const reason = briefReason(cause);
  return new ModelError(
    REFUSED_SHAPE.test(reason) ? 'model_shape_mismatch' : 'inference_failed',
    `Model ${model.id} failed on its input: ${reason}`,
    { details: { model: model.id }, cause },
  );
}

const REFUSED_SHAPE =
  /invalid (rank|dimension|input shape)|got invalid dimensions|unexpected input data type/i;

function isMemoryShortage(error: unknown): boolean {
  const text = error instanceof Error ? error.message : '';
  return /bad_alloc|out of memory|failed to allocate memory|available memory of/i.test(text);
}

function outOfMemory(model: ModelFile, cause: unknown): CapacityError {
  return new CapacityError(
    'out_of_memory',
    `Not enough memory to run model ${model.id}. Free memory, use fewer threads, or run fewer jobs at once.`,
    { details: { model: model.id }, cause },
  );
}
