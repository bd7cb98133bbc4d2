import { access, readFile } from 'node:fs/promises';
import type { InferenceSession } from 'onnxruntime-node';
import type { ExecutionProvider } from './execution-provider.ts';
import { exposeTensors } from './graph/graph-editor.ts';
import { modelFileMissing, modelNotLoadable } from './inference-errors.ts';
import { madeFor } from './made-graphs.ts';
import type { Runtime } from './onnx-runtime.ts';
import { dropSavedGraph, keepSavedGraph, prepareToSave, readSavedGraph } from './saved-graphs.ts';
import type { MadeGraph, ModelFile } from './session.ts';

/** Where the graph of a model may come from besides its file. */
export type GraphSources = {
  readonly provider: ExecutionProvider;
  /** To run in place of the file's graph. */
  readonly offered: MadeGraph | undefined;
  /** Where it is kept as the runtime made it ready, see `saved-graphs.ts`. */
  readonly saved: string | undefined;
};

type Options = InferenceSession.SessionOptions;
export type LoadedGraph = { readonly graph: InferenceSession; readonly form: string | undefined };

/**
 * Loads the graph of a model: as it was saved, else as it is made, else as it is in the file.
 *
 * @throws ModelError `model_missing`, `model_shape_mismatch`
 */
export async function loadGraph(
  runtime: Runtime,
  model: ModelFile,
  options: Options,
  { provider, offered, saved }: GraphSources,
): Promise<LoadedGraph> {
  try {
    await access(model.path);
  } catch (error) {
    throw modelFileMissing(model, error);
  }
  const kept = saved && (await loadSaved(runtime, saved, options));
  if (kept) return { graph: kept, form: offered?.form };
  const made = await madeFor(model, provider, offered);
  try {
    const source = made?.bytes ?? (await sourceOf(model));
    // Where nothing was made, a saved graph would pass for what is made of others.
    const isOffered = offered === undefined || made !== undefined;
    return {
      graph: await loadAndSave(runtime, source, options, isOffered ? saved : undefined),
      form: made?.form,
    };
  } catch (error) {
    throw modelNotLoadable(model, error);
  }
}

/** A path where the file is run as it is: the runtime reads it faster than we do. */
async function sourceOf({ path, exposed }: ModelFile): Promise<string | Uint8Array> {
  return exposed === undefined ? path : exposeTensors(await readFile(path), exposed);
}

async function loadSaved(
  runtime: Runtime,
  path: string,
  options: Options,
): Promise<InferenceSession | undefined> {
  const bytes = await readSavedGraph(path);
  if (bytes === undefined) return undefined;
  try {
    return await runtime.InferenceSession.create(bytes, { ...options, graphOptimizationLevel: 'disabled' });
  } catch {
    await dropSavedGraph(path);
    return undefined;
  }
}

async function loadAndSave(
  runtime: Runtime,
  source: string | Uint8Array,
  options: Options,
  path: string | undefined,
): Promise<InferenceSession> {
  const load = (more: Options = {}): Promise<InferenceSession> =>
    // One call for each kind of source: the runtime's types know no choice of both.
    typeof source === 'string'
      ? runtime.InferenceSession.create(source, { ...options, ...more })
      : runtime.InferenceSession.create(source, { ...options, ...more });
  const draft = path && (await prepareToSave(path));
  if (path === undefined || !draft) return load();
  try {
    const graph = await load({ optimizedModelFilePath: draft });
    await keepSavedGraph(draft, path);
    return graph;
  } catch {
    // A full disk must not keep the model from running; what is wrong with the model shows again.
    await dropSavedGraph(draft);
    return load();
  }
}
