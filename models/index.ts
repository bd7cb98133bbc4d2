/**
 * The model store: which weights exist, where they are, whether they are the right ones. The public door of `models/`.
 *
 * @module
 */
export { type ModelManifest, type ManifestModel, shippedManifest } from './manifest.ts';
export { embeddedModelsFolder, isOffline, type ModelFolders, modelFolders } from './model-folders.ts';
export {
  fileOfRole,
  graphOfRole,
  type ModelCallOptions,
  type ModelGraph,
  type ModelProgress,
  type ModelStore,
  type ModelStoreOptions,
  openModelStore,
  type StoredModel,
} from './store.ts';
