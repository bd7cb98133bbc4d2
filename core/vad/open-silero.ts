import { readFile } from 'node:fs/promises';
import { isSpeechError } from '../errors.ts';
import { readOnnxGraph } from '../inference/graph/onnx-graph.ts';
import { openOnnxSession } from '../inference/onnx-session.ts';
import type { ModelFile, Session } from '../inference/session.ts';
import { buildSileroSequenceGraph, SEQUENCE_GRAPH } from './silero-sequence-graph.ts';
import { findSileroWeights } from './silero-weights.ts';

/**
 * Opens a file of Silero VAD 5 or later for `SileroVad`, in this thread: as a graph over many chunks where its network is
 * known, which is nine times faster, else as it is.
 *
 * A run takes about a millisecond, so that it can be in the thread of the engine: in a lane it would wait for long runs of
 * other models (and embedding 288 s takes 3.9 in place of 3.2 s of processor time). Always on the CPU, because the network
 * is small and each run waits for the one before.
 *
 * @throws ModelError `model_missing`, `model_shape_mismatch`
 */
export async function openSilero(model: ModelFile): Promise<Session> {
  const graph = await sequenceGraphOf(model.path);
  if (graph === undefined) return openOnnxSession(model, { provider: 'cpu' });
  const made = { form: 'silero-sequence-1', make: () => Promise.resolve(graph) };
  return openOnnxSession({ ...model, ...SEQUENCE_GRAPH }, { provider: 'cpu', graph: made });
}

/** Nothing where the file cannot be read or is no network that we know: opening it as it is tells what is wrong. */
async function sequenceGraphOf(path: string): Promise<Uint8Array | undefined> {
  try {
    const weights = findSileroWeights(readOnnxGraph(await readFile(path)));
    return weights && buildSileroSequenceGraph(weights);
  } catch (error) {
    if (isSpeechError(error) || isFileError(error)) return undefined;
    throw error;
  }
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
