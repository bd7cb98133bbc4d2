import { join } from 'node:path';
import { urlOf, type ModelStoreOptions } from './fetch-model.ts';
import type { ManifestModel } from './manifest.ts';
import { ModelStoreError } from './model-store-error.ts';
import type { ResolvedModel } from './resolved-model.ts';

/** The error for a model that is not here and may not or cannot be fetched: which files, and how to get them. */
export function missingModel(model: ManifestModel, options: ModelStoreOptions): ModelStoreError {
  const files = model.files.map((file) => file.name);
  const sources = model.files
    .flatMap((file) => (file.sources ?? []).slice(0, 1))
    .map((source) => urlOf(source, options.huggingFaceEndpoint));
  const folders = [...options.folders.shared, options.folders.downloads].map((folder) =>
    join(folder, model.id),
  );
  const why =
    options.offline === true
      ? 'and downloads are switched off'
      : 'and this version of it is published nowhere';
  const how = [
    sources.length > 0
      ? `run \`colloquy models pull ${model.id}\` where the network is allowed (${sources.join(' , ')})`
      : undefined,
    model.embedded ? 'restore models/embedded from the repository' : undefined,
    `put ${files.join(', ')} into ${folders.join(' or ')}`,
  ].filter((step) => step !== undefined);
  return new ModelStoreError(
    'model_missing',
    `The model ${model.id} (${files.join(', ')}) is not on this machine, ${why}. To get it: ${how.join('; or ')}.`,
    { details: { id: model.id, files } },
  );
}

/** What the user can do about a damaged file, by where it lies. */
export function remedyFor(model: ResolvedModel): string {
  switch (model.place) {
    case 'downloads':
      return `Fetch it again with \`colloquy models pull ${model.id}\`.`;
    case 'embedded':
      return 'Restore models/embedded from the repository (git checkout models/embedded).';
    case 'shared-folder':
      return 'Replace it in that folder, or take the folder out of COLLOQUY_MODELS.';
    case 'huggingface-cache':
      return 'Remove the model from that Hugging Face cache and fetch it again.';
  }
}
