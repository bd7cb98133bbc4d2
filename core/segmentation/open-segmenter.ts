import { isSpeechError } from '../errors.ts';
import { readOnnxGraph } from '../inference/graph/onnx-graph.ts';
import { readModelFile } from '../inference/read-model-file.ts';
import type { ModelFile, Session, SessionOpener } from '../inference/session.ts';
import type { MemoryPrecision } from './memory-graph.ts';
import { SEGMENTATION_3_0, type SegmentationSpec, SpeakerSegmenter } from './segment-speakers.ts';
import { findSegmentationWeights, type SegmentationWeights } from './segmentation-weights.ts';
import { SharedWindows } from './shared-windows.ts';
import { PublishedWindows } from './window-network.ts';

/**
 * How segmentation is computed: with the graph as it is published; with the filters shared by windows, which moves
 * scores by 1e-4; or with weights of 8 bits in its memory as well.
 */
export type SegmentationForm = 'published' | MemoryPrecision;

/**
 * Opens a segmentation network for windows of the length that `spec` says. One that is not known to be segmentation-3.0 runs as it is published.
 *
 * @throws ModelError `model_missing`, `model_shape_mismatch`
 */
export async function openSegmenter(
  model: ModelFile,
  open: SessionOpener,
  form: SegmentationForm,
  spec: SegmentationSpec = SEGMENTATION_3_0,
): Promise<SpeakerSegmenter> {
  const weights = form === 'published' ? undefined : await weightsOf(model);
  if (form === 'published' || weights === undefined) return segmenterOf(await open(model), spec);
  const { chunkSamples: windowSamples } = spec;
  return new SpeakerSegmenter(
    await SharedWindows.open({ model, weights, precision: form, windowSamples, open }),
    spec,
  );
}

/** A segmenter over a published network that is open. */
export function segmenterOf(session: Session, spec: SegmentationSpec = SEGMENTATION_3_0): SpeakerSegmenter {
  return new SpeakerSegmenter(new PublishedWindows(session, spec.chunkSamples), spec);
}

/** Nothing where the file is no graph either: opening it as it is tells what is wrong. */
async function weightsOf({ path, id }: ModelFile): Promise<SegmentationWeights | undefined> {
  const file = await readModelFile(path, id, `The file of ${id}`);
  try {
    return findSegmentationWeights(readOnnxGraph(file));
  } catch (error) {
    if (isSpeechError(error)) return undefined;
    throw error;
  }
}
