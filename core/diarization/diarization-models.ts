/** From files to the networks of a preset, loaded and ready. */
import type { CentringMeans } from '../embedding/centring.ts';
import { MaskedGraphEncoder } from '../embedding/masked-graph-encoder.ts';
import { PartialEncoder } from '../embedding/partial-encoder.ts';
import { DEFAULT_PARTIAL_RULES } from '../embedding/partial-plan.ts';
import { PoolingEncoder } from '../embedding/pooling-encoder.ts';
import { PureStretchEncoder } from '../embedding/pure-stretches/pure-stretch-encoder.ts';
import { PartialSegments } from '../embedding/segments/partial-segments.ts';
import { ScaleEncoder, type ScaleRules } from '../embedding/segments/scale-encoder.ts';
import { segmentsOfUtterances } from '../embedding/segments/segment-encoder.ts';
import type { SpeakerEncoder } from '../embedding/speaker-encoder.ts';
import { findStatisticsPooling } from '../embedding/statistics-pooling.ts';
import { encoderFrontEnd } from '../embedding/utterance-front-end.ts';
import { UtteranceGraph } from '../embedding/utterance-graph.ts';
import { InvariantError, ModelError } from '../errors.ts';
import { type OnnxGraph, readOnnxGraph } from '../inference/graph/onnx-graph.ts';
import { modelNotLoadable } from '../inference/inference-errors.ts';
import type { ModelFile, Session, SessionOpener } from '../inference/session.ts';
import { openSegmenter } from '../segmentation/open-segmenter.ts';
import { SEGMENTATION_3_0, type SpeakerSegmenter } from '../segmentation/segment-speakers.ts';
import type { ModelUse } from '../result/result.ts';
import type { ResolutionContext } from '../resolution/resolve.ts';
import { secondsToSamples } from '../timeline/sliding-window.ts';
import { type ClusteringFiles, readClusteringModels, readConditions } from './clustering-models.ts';
import type { DiarizationPreset } from './presets.ts';
import { readModelArray } from '../inference/model-arrays.ts';
import { readModelFile } from '../inference/read-model-file.ts';

/** Where the files of a preset lie; found and verified by `models/store`. */
export type DiarizationModelFiles = ClusteringFiles & {
  readonly segmentation: ModelFile;
  readonly embedding: ModelFile;
  /** Path of the `mean` file of a partial encoder. */
  readonly centrePath?: string;
  /** Of the embedding model, for a preset that embeds segments: as models/manifest.json has them. */
  readonly segments?: { readonly frontEnd: string; readonly dimension: number };
  /** What a result says of the models. */
  readonly uses: readonly ModelUse[];
};

/** Loaded once, used for many recordings. */
export type DiarizationModels = {
  readonly preset: DiarizationPreset;
  readonly segmenter: SpeakerSegmenter;
  readonly encoder: SpeakerEncoder;
  /** What clustering needs. */
  readonly clustering: Pick<ResolutionContext, 'plda' | 'twoCovariance'>;
  readonly uses: readonly ModelUse[];
  readonly provider: string;
  /** Opens what else a long recording will need. */
  readonly prepare: () => Promise<void>;
  readonly release: () => Promise<void>;
};

/**
 * Loads the networks of a preset.
 *
 * @throws ModelError when a file is missing, damaged or of another shape than the preset needs
 */
export async function openDiarizationModels(
  preset: DiarizationPreset,
  files: DiarizationModelFiles,
  open: SessionOpener,
): Promise<DiarizationModels> {
  const [segmenter, encoder, clustering] = await Promise.all([
    openSegmenter(files.segmentation, open, preset.segmentationForm),
    openEncoder(preset, files, open),
    readClusteringModels(files),
  ]);
  return {
    preset,
    segmenter,
    encoder: encoder.encoder,
    clustering,
    uses: files.uses,
    provider: segmenter.network.provider,
    prepare: () => segmenter.network.prepare(secondsToSamples(preset.chunkHopSeconds)),
    release: async () => {
      await Promise.all([segmenter.network.release(), encoder.session.release()]);
    },
  };
}

type OpenedEncoder = { readonly session: Session; readonly encoder: SpeakerEncoder };

async function openEncoder(
  preset: DiarizationPreset,
  files: DiarizationModelFiles,
  open: SessionOpener,
): Promise<OpenedEncoder> {
  const { encoder: settings } = preset;
  if (settings.kind === 'scales') return openScaleEncoder(settings.rules, files, open);
  if (settings.kind === 'partial') {
    const means = await readMean(files, settings.dimension);
    const session = await open(files.embedding);
    const { dimension, rules } = settings;
    return { session, encoder: new PartialEncoder(session, { dimension, rules, means }) };
  }
  if (settings.kind === 'pooling' && files.embedding.inputs.length === 2) {
    const session = await open(files.embedding);
    return { session, encoder: new MaskedGraphEncoder(session, settings.dimension, settings.rules) };
  }
  const pooling = findStatisticsPooling(await readGraph(files.embedding), files.embedding.id);
  const session = await open({ ...files.embedding, exposed: [pooling.trunkOutput] });
  if (settings.kind === 'pure-stretches') {
    const means =
      files.conditionsPath === undefined ? undefined : (await readConditions(files.conditionsPath)).means;
    return { session, encoder: new PureStretchEncoder(session, pooling, { means, rules: settings.rules }) };
  }
  const geometry = { chunkSamples: SEGMENTATION_3_0.chunkSamples };
  return { session, encoder: new PoolingEncoder(session, pooling, geometry, settings.rules) };
}

/** The graph of a model, to look into before it is loaded. */
async function readGraph(model: ModelFile): Promise<OnnxGraph> {
  const bytes = await readModelFile(model.path, model.id, `The file of model ${model.id}`);
  try {
    return readOnnxGraph(bytes);
  } catch (error) {
    throw modelNotLoadable(model, error);
  }
}

async function readMean(
  { centrePath, embedding }: DiarizationModelFiles,
  dimension: number,
): Promise<CentringMeans> {
  if (centrePath === undefined) throw new InvariantError(`${embedding.id} was opened without its mean file.`);
  const { shape, data } = await readModelArray(centrePath, `The mean of ${embedding.id}`);
  if (shape.join() !== String(dimension)) {
    throw new ModelError(
      'model_shape_mismatch',
      `Expected the mean of ${embedding.id} to have ${dimension} values, got shape [${shape.join(', ')}].`,
    );
  }
  return { data: Float64Array.from(data), rows: 1, columns: dimension };
}

/** Any encoder of whole utterances; GE2E, whose windows are its own, takes segments as it takes utterances. */
async function openScaleEncoder(
  rules: ScaleRules,
  files: DiarizationModelFiles,
  open: SessionOpener,
): Promise<OpenedEncoder> {
  if (files.segments === undefined) {
    throw new InvariantError(`${files.embedding.id} was opened without its front end.`);
  }
  const { frontEnd, dimension } = files.segments;
  const session = await open(files.embedding);
  const conditions =
    files.conditionsPath === undefined ? undefined : await readConditions(files.conditionsPath);
  if (frontEnd === 'ge2e-mel') {
    const means = await readMean(files, dimension);
    const segments = new PartialSegments(session, {
      dimension,
      centre: means.data,
      rules: DEFAULT_PARTIAL_RULES,
    });
    return { session, encoder: new ScaleEncoder(segments, rules) };
  }
  const utterances = new UtteranceGraph(session, {
    frontEnd: encoderFrontEnd(frontEnd, files.embedding.id),
    dimension,
  });
  return { session, encoder: new ScaleEncoder(segmentsOfUtterances(utterances), rules, conditions?.means) };
}
