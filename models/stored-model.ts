import type { ModelPlace } from './locate.ts';
import type { CheckedFile, CheckedModel, FileRole } from './manifest.ts';
import { DependencyError } from '../core/errors.ts';

/** A model on this machine, every file with the right checksum. */
export type StoredModel = {
  readonly id: string;
  readonly entry: CheckedModel;
  readonly place: ModelPlace;
  /** Paths by file name. */
  readonly paths: Readonly<Record<string, string>>;
};

/** A network of a model: path and the names its graph must have. What `core/inference` calls a `ModelFile`. */
export type ModelGraph = {
  readonly id: string;
  readonly path: string;
  readonly sha256: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
};

/**
 * The path of the file that has a role.
 *
 * @throws SpeechError `configuration_invalid` when the model has no such file
 */
export function fileOfRole(model: StoredModel, role: FileRole): string {
  return pathOf(model, entryOfRole(model, role));
}

/** The network that has a role, ready to be opened as a session. */
export function graphOfRole(model: StoredModel, role: FileRole = 'model'): ModelGraph {
  const file = entryOfRole(model, role);
  const { inputs, outputs } = file.tensors ?? { inputs: [], outputs: [] };
  return { id: model.id, path: pathOf(model, file), sha256: file.sha256, inputs, outputs };
}

/** What a result says of a model: its id, what it is for, and the checksum of its weights. */
export function modelUse({ id, entry }: StoredModel): { id: string; task: string; sha256: string } {
  const main = entry.files.find((file) => file.role === 'model') ?? entry.files[0]!;
  return { id, task: entry.task, sha256: main.sha256 };
}

/** Whether the model has a file with this role. */
export function hasRole({ entry }: StoredModel, role: FileRole): boolean {
  return entry.files.some((file) => file.role === role);
}

function entryOfRole(model: StoredModel, role: FileRole): CheckedFile {
  const file = model.entry.files.find((candidate) => candidate.role === role);
  if (file) return file;
  const roles = model.entry.files.map((candidate) => candidate.role).join(', ');
  throw new DependencyError(
    'configuration_invalid',
    `The model ${model.id} has no file with the role ${role}; it has ${roles}. Choose another model for this task.`,
    { details: { model: model.id, role } },
  );
}

/** The path of a file of this model. */
export function pathOf(model: Pick<StoredModel, 'paths'>, file: { readonly name: string }): string {
  // Every place that locateModel returns has all files of the manifest.
  return model.paths[file.name]!;
}
