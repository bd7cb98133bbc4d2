/** `colloquy models add` and `remove`: models of the user. */
import { InvalidInputError } from '../../../core/errors.ts';
import { openOnnxSession } from '../../../core/inference/onnx-session.ts';
import { DEFAULT_RECOGNITION_OPTIONS } from '../../../core/transcription/recogniser.ts';
import { openRecogniser } from '../../../core/transcription/recogniser-families.ts';
import { type CheckedModel, shippedManifest } from '../../../models/manifest.ts';
import { inspectModelFolder } from '../../../models/own/inspect-folder.ts';
import {
  ownManifestPath,
  readOwnManifest,
  withEntry,
  withoutEntry,
  writeOwnManifest,
} from '../../../models/own/own-manifest.ts';
import { locateModel } from '../../../models/locate.ts';
import { modelFolders } from '../../../models/model-folders.ts';
import type { Environment } from '../../setup/config.ts';
import { recogniserFilesOf } from '../../setup/recogniser-files.ts';

/** What the work touches of the outside. */
export type OwnModelsContext = {
  readonly config: { readonly environment: Environment };
  readonly stdout: { write(text: string): unknown };
  readonly signal: AbortSignal;
};

export type AddOptions = { readonly task: string; readonly id?: string; readonly languages?: string };

const ID = /^[a-z0-9][a-z0-9.-]{0,79}$/;
const LANGUAGE = /^[a-z]{2,3}$/;

/**
 * Inspects a folder, runs what it holds on a second of silence, and lists it.
 *
 * @throws InvalidInputError `invalid_option` for a folder that holds no model, an id that is taken or none
 * @throws ModelError `model_shape_mismatch` for files of different models, other tensors, half precision
 */
export async function addOwnModel(
  context: OwnModelsContext,
  folder: string,
  options: AddOptions,
): Promise<void> {
  if (options.id !== undefined && !ID.test(options.id))
    throw invalid('--id', 'lower-case letters, digits, . and -, at most 80', options.id);
  const languages = options.languages?.split(',').map((code) => code.trim());
  if (languages?.some((code) => !LANGUAGE.test(code)))
    throw invalid('--languages', 'codes such as de,fr', options.languages!);
  const path = ownManifestPath(context.config.environment);
  const entry = await inspectModelFolder(folder, { id: options.id, languages, signal: context.signal });
  const changed = withEntry(readOwnManifest(path), entry, shippedManifest());
  await tryModel(entry, context);
  await writeOwnManifest(path, changed);
  context.stdout.write(`${entry.id}\n`);
}

/** @throws InvalidInputError `invalid_option` where there is no own model of this id */
export async function removeOwnModel(context: OwnModelsContext, id: string): Promise<void> {
  const path = ownManifestPath(context.config.environment);
  await writeOwnManifest(path, withoutEntry(readOwnManifest(path), id));
}

/** Opens the model and lets it hear a second of silence: whatever does not fit shows now, not in the first recording. */
async function tryModel(entry: CheckedModel, { config, signal }: OwnModelsContext): Promise<void> {
  const located = await locateModel(entry, modelFolders(config.environment));
  const model = { id: entry.id, entry, ...located! };
  const recogniser = await openRecogniser(recogniserFilesOf(model), (file, graph) =>
    openOnnxSession(file, { provider: 'cpu', graph }),
  );
  try {
    const language = recogniser.capabilities.languages[0] ?? null;
    await recogniser.recognise([new Float32Array(16_000)], {
      ...DEFAULT_RECOGNITION_OPTIONS,
      language,
      signal,
    });
  } finally {
    await recogniser.release();
  }
}

function invalid(option: string, expected: string, got: string): InvalidInputError {
  return new InvalidInputError(
    'invalid_option',
    `Expected ${expected} for ${option}, got ${JSON.stringify(got.slice(0, 100))}.`,
    { details: { option } },
  );
}
