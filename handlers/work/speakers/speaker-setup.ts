/** From the model store to what embeds and compares voices. */
import { InvalidInputError, ModelError } from '../../../core/errors.ts';
import { readConditions } from '../../../core/diarization/clustering-models.ts';
import type { CentringMeans } from '../../../core/embedding/centring.ts';
import { readCalibration } from '../../../core/verification/scores/calibration.ts';
import { spaceFingerprint } from '../../../core/verification/scores/embedding-space.ts';
import type { SpeakerSetup } from '../../../core/verification/speaker-models.ts';
import type { SpeechFinder } from '../../../core/result/voice-terms.ts';
import type { ScoringModel } from '../../../core/verification/scores/voice-scorer.ts';
import type { FileRole } from '../../../models/manifest.ts';
import {
  fileOfRole,
  graphOfRole,
  modelUse,
  type ModelCallOptions,
  type ModelStore,
  type StoredModel,
} from '../../../models/store.ts';
import { readModelArray } from '../../../core/inference/model-arrays.ts';

/** The encoder that ships with the repository. */
export const DEFAULT_SPEAKER_MODEL = 'campplus-zh-en';

const VAD_MODEL = 'silero-vad';
const SEGMENTATION_MODEL = 'pyannote-segmentation-3.0';
const USES_VAD: readonly SpeechFinder[] = ['both', 'vad'];
const USES_SEGMENTATION: readonly SpeechFinder[] = ['both', 'segmentation'];

/** Strangers that a voice is compared with for AS-norm: with a cohort of 40, all of them work best (docs/speakers.md). */
const NEAREST_STRANGERS = 40;

/** What embeds voices, and what compares them. */
export type SpeakerTools = { readonly setup: SpeakerSetup; readonly scoring: ScoringModel };

export type SpeakerToolsOptions = { readonly model: string; readonly speech: SpeechFinder };

export const DEFAULT_SPEAKER_TOOLS: SpeakerToolsOptions = Object.freeze({
  model: DEFAULT_SPEAKER_MODEL,
  speech: 'both',
});

/**
 * Finds, and if need be fetches, the models.
 *
 * @throws InvalidInputError `invalid_option` for a model that is no speaker encoder
 * @throws ModelError `model_unknown`, `model_missing`, `model_checksum_mismatch`, `model_download_failed`
 */
export async function speakerTools(
  store: ModelStore,
  options: Partial<SpeakerToolsOptions> = {},
  call: ModelCallOptions = {},
): Promise<SpeakerTools> {
  const { model, speech } = { ...DEFAULT_SPEAKER_TOOLS, ...options };
  const encoder = await store.obtain(model, call);
  const scoring = await scoringModelOf(encoder);
  const vad = USES_VAD.includes(speech) ? await store.obtain(VAD_MODEL, call) : undefined;
  const segmentation = USES_SEGMENTATION.includes(speech)
    ? await store.obtain(SEGMENTATION_MODEL, call)
    : undefined;
  const models = [encoder, vad, segmentation].filter((used) => used !== undefined);
  return {
    scoring,
    setup: {
      encoder: graphOfRole(encoder),
      frontEnd: encoder.entry.frontEnd,
      space: scoring.space,
      speech: {
        finder: speech,
        vad: vad && graphOfRole(vad),
        segmentation: segmentation && graphOfRole(segmentation),
      },
      uses: models.map(modelUse),
    },
  };
}

/**
 * What compares voices of one encoder alone, for work without recordings.
 *
 * @throws as `speakerTools`
 */
export async function scoringModel(
  store: ModelStore,
  model: string = DEFAULT_SPEAKER_MODEL,
): Promise<ScoringModel> {
  return scoringModelOf(await store.obtain(model));
}

async function scoringModelOf(model: StoredModel): Promise<ScoringModel> {
  const { entry } = model;
  const { embeddingDimension: dimension, calibration } = entry;
  if (entry.task !== 'speaker-embedding' || dimension === undefined) {
    throw new InvalidInputError(
      'invalid_option',
      `${model.id} is a model for ${entry.task}; choose one for speaker-embedding (colloquy models list).`,
      { details: { option: 'model' } },
    );
  }
  const cohort = await readVectors(model, 'cohort', dimension);
  return {
    space: {
      model: model.id,
      fingerprint: spaceFingerprint(modelUse(model).sha256, entry.frontEnd),
      dimension,
    },
    means: await readMeans(model, dimension),
    cohort: cohort && { vectors: cohort, nearest: NEAREST_STRANGERS },
    calibration: calibration && readCalibration(calibration, model.id),
  };
}

/** What is taken away from vectors before they are compared: of an encoder that is known well, else nothing. */
async function readMeans(model: StoredModel, dimension: number): Promise<CentringMeans | undefined> {
  if (model.entry.files.some((file) => file.role === 'conditions')) {
    return (await readConditions(fileOfRole(model, 'conditions'))).means;
  }
  const mean = await readVectors(model, 'mean', dimension);
  return mean && { data: Float64Array.from(mean), rows: mean.length / dimension, columns: dimension };
}

/** The vectors of a file that some encoders have beside their network. */
async function readVectors(
  model: StoredModel,
  role: FileRole,
  dimension: number,
): Promise<Float32Array | undefined> {
  if (!model.entry.files.some((file) => file.role === role)) return undefined;
  const { shape, data } = await readModelArray(fileOfRole(model, role), `The ${role} of ${model.id}`);
  if (data instanceof Float32Array && shape.at(-1) === dimension) return data;
  throw new ModelError(
    'model_shape_mismatch',
    `Expected the ${role} of ${model.id} to hold float32 vectors of ${dimension} values, got shape [${shape.join(', ')}].`,
  );
}
