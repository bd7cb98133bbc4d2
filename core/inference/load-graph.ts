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
export type LoadedGraph = {
  readonly graph: InferenceSession;
  readonly form: string | undefined;
  /** What the graph reads its weights from: to be held as long as it is used. */
  readonly held?: Uint8Array | undefined;
};

/** The weights of a saved graph stay where they were read: copying them is a third of its loading. */
const IN_PLACE = {
  session: { use_ort_model_bytes_directly: '1', use_ort_model_bytes_for_initializers: '1' },
};

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
  if (kept) return { ...kept, form: offered?.form };
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
): Promise<Pick<LoadedGraph, 'graph' | 'held'> | undefined> {
  const held = await readSavedGraph(path);
  if (held === undefined) return undefined;
  try {
    const asSaved: Options = { ...options, graphOptimizationLevel: 'disabled', extra: IN_PLACE };
    return { graph: await runtime.InferenceSession.create(held, asSaved), held };
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
