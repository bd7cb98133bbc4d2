/** From files to the networks of a preset, loaded and ready. */
import { readFile } from 'node:fs/promises';
import { PartialEncoder } from '../embedding/partial-encoder.ts';
import type { SpeakerEncoder } from '../embedding/speaker-encoder.ts';
import { InvariantError, ModelError } from '../errors.ts';
import type { ModelFile, SessionOpener } from '../inference/session.ts';
import { parseNpy } from '../math/npy.ts';
import { SpeakerSegmenter } from '../segmentation/segment-speakers.ts';
import type { ModelUse } from '../transcript/result.ts';
import type { DiarizationPreset } from './presets.ts';

/** Where the files of a preset lie; found and verified by `models/store`. */
export type DiarizationModelFiles = {
  readonly segmentation: ModelFile;
  readonly embedding: ModelFile;
  /** Path of the `mean` file of a partial encoder. */
  readonly centrePath?: string;
  /** What a result says of the models. */
  readonly uses: readonly ModelUse[];
};

/** Loaded once, used for many recordings. */
export type DiarizationModels = {
  readonly preset: DiarizationPreset;
  readonly segmenter: SpeakerSegmenter;
  readonly encoder: SpeakerEncoder;
  readonly uses: readonly ModelUse[];
  readonly provider: string;
  readonly release: () => Promise<void>;
};

/** @throws ModelError when a file is missing, damaged or of another shape than the preset needs */
export async function openDiarizationModels(
  preset: DiarizationPreset,
  files: DiarizationModelFiles,
  open: SessionOpener,
): Promise<DiarizationModels> {
  const centre = await readCentre(preset, files);
  const [segmentation, embedding] = await Promise.all([open(files.segmentation), open(files.embedding)]);
  return {
    preset,
    segmenter: new SpeakerSegmenter(segmentation),
    encoder: new PartialEncoder(embedding, {
      dimension: preset.encoder.dimension,
      rules: preset.encoder.rules,
      centre,
    }),
    uses: files.uses,
    provider: embedding.provider,
    release: async () => {
      await Promise.all([segmentation.release(), embedding.release()]);
    },
  };
}

async function readCentre(preset: DiarizationPreset, files: DiarizationModelFiles): Promise<Float64Array> {
  if (files.centrePath === undefined) {
    throw new InvariantError(
      `Preset ${preset.name} was opened without the mean file of ${preset.embeddingModel}.`,
    );
  }
  const { shape, data } = parseNpy(await readFile(files.centrePath));
  if (shape.join() !== String(preset.encoder.dimension)) {
    throw new ModelError(
      'model_shape_mismatch',
      `Expected the mean of ${preset.embeddingModel} to have ${preset.encoder.dimension} values, got shape [${shape.join(', ')}].`,
    );
  }
  return Float64Array.from(data as Float32Array);
}
