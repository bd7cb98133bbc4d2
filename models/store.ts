import { fetchModel, type ModelCallOptions, type ModelStoreOptions } from './download/fetch-model.ts';
import { locateModel, type LocatedModel } from './locate.ts';
import { type CheckedFile, findModel, type ManifestModel, type ModelManifest } from './manifest.ts';
import { missingModel, remedyFor } from './missing-model.ts';
import { throwIfAborted } from '../core/errors.ts';
import { pathOf, type StoredModel } from './stored-model.ts';
import { isChecked, recordChecksums, withRecordedChecksums } from './recorded-checksums.ts';
import { hashFile, verifyModelFile } from './verify.ts';

export type { ModelCallOptions, ModelProgress, ModelStoreOptions } from './download/fetch-model.ts';
export {
  fileOfRole,
  graphOfRole,
  hasRole,
  modelUse,
  type ModelGraph,
  type StoredModel,
} from './stored-model.ts';

/** Finds, fetches and verifies models. */
export type ModelStore = {
  readonly manifest: ModelManifest;
  /** Where the model lies, without reading its files; undefined when it is not on this machine. */
  locate(id: string): Promise<LocatedModel | undefined>;
  /** Verified paths of a model that is here, or that can be fetched. */
  obtain(id: string, options?: ModelCallOptions): Promise<StoredModel>;
  /** Like `resolve`, but mends a damaged download by fetching it again. */
  pull(id: string, options?: ModelCallOptions): Promise<StoredModel>;
  /** Reads every byte of a model that is here, whatever notes say. */
  verify(id: string, options?: ModelCallOptions): Promise<StoredModel>;
};

/** A model whose files are there and not looked at yet. */
type FoundModel = LocatedModel & { readonly id: string; readonly entry: ManifestModel };

/**
 * Opens the store; nothing is read yet.
 *
 * All methods throw SpeechErrors: `model_unknown`, `model_missing` (offline, with how to get it),
 * `model_checksum_mismatch`, `model_download_failed`, `file_not_readable`, `output_not_writable`, `canceled`.
 */
export function openModelStore(options: ModelStoreOptions): ModelStore {
  const { manifest, folders } = options;
  const entryOf = (id: string): Promise<ManifestModel> =>
    withRecordedChecksums(findModel(manifest, id), folders.downloads);
  const here = async (model: ManifestModel): Promise<FoundModel | undefined> => {
    const located = await locateModel(model, folders);
    return located && { id: model.id, entry: model, ...located };
  };
  const check = async (model: FoundModel, call: ModelCallOptions, stamps?: string): Promise<StoredModel> => {
    // What ships is hashed sooner than it is opened: not worth a note in the home folder of whoever uses it.
    const stampFolder = model.place === 'embedded' ? undefined : stamps;
    const settings = { modelId: model.id, remedy: remedyFor(model), stampFolder, signal: call.signal };
    const files: CheckedFile[] = [];
    const recorded: Record<string, string> = {};
    for (const file of model.entry.files) {
      throwIfAborted(call.signal);
      const path = pathOf(model, file);
      if (isChecked(file)) {
        await verifyModelFile(path, file, settings);
        files.push(file);
      } else {
        const { sha256 } = await hashFile(path, call.signal);
        recorded[file.name] = sha256;
        files.push({ ...file, sha256 });
      }
    }
    if (Object.keys(recorded).length > 0) await recordChecksums(folders.downloads, model.id, recorded);
    return { ...model, entry: { ...model.entry, files } };
  };
  const fetchMissing = async (model: ManifestModel, call: ModelCallOptions): Promise<FoundModel> => {
    if (options.offline === true) throw missingModel(model, 'offline', folders);
    const published = model.files.every((file) => file.sources !== undefined);
    if (!published) throw missingModel(model, 'unpublished', folders);
    await fetchModel(model, options, call);
    const fetched = await here(model);
    if (!fetched) throw missingModel(model, 'not looked for elsewhere', folders);
    return fetched;
  };
  return {
    manifest,
    locate: (id) => locateModel(findModel(manifest, id), folders),
    obtain: async (id, call = {}) => {
      const model = await entryOf(id);
      return check((await here(model)) ?? (await fetchMissing(model, call)), call, folders.stamps);
    },
    pull: async (id, call = {}) => {
      const model = await entryOf(id);
      const present = await here(model);
      // What others put there is theirs to mend; own downloads are looked through and completed.
      const keep = present && (present.place !== 'downloads' || options.offline === true);
      return check(keep ? present : await fetchMissing(model, call), call, folders.stamps);
    },
    verify: async (id, call = {}) => {
      const model = await entryOf(id);
      const present = await here(model);
      if (!present) throw missingModel(model, 'not looked for elsewhere', folders);
      return check(present, call);
    },
  };
}
