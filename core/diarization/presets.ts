/** Ready-made combinations of models and settings. A preset is data; all code is shared. */
import { DEFAULT_PARTIAL_RULES, type PartialRules } from '../embedding/partial-plan.ts';
import { InvalidInputError } from '../errors.ts';
import {
  DEFAULT_AGGLOMERATIVE_OPTIONS,
  DEFAULT_RESOLUTION_OPTIONS,
  type ResolutionOptions,
} from '../resolution/resolution-options.ts';

/** How the embedding model turns a chunk into one vector per local speaker. */
export type EncoderPreset =
  /** GE2E on 1.6 s partials, centred with the `mean` file of the model. */
  { readonly kind: 'partial'; readonly dimension: number; readonly rules: PartialRules };

export type DiarizationPreset = {
  readonly name: string;
  readonly summary: string;
  /** Ids in models/manifest.json. */
  readonly segmentationModel: string;
  readonly embeddingModel: string;
  readonly encoder: EncoderPreset;
  /** Chunks start this often. */
  readonly chunkHopSeconds: number;
  readonly resolution: ResolutionOptions;
};

/**
 * The models that ship with the repository.
 *
 * Half a second of clean speech is enough to take part in clustering: the encoder joins a speaker's own frames, so a
 * short embedding is noisy but hears nobody else. 0.75 is the cut of the pyannote recordings with these models;
 * because local speakers of a chunk may not share a cluster, anything from 0.7 to 0.85 gives the same turns on the
 * recordings of bench/README.md.
 */
const EMBEDDED: DiarizationPreset = {
  name: 'embedded',
  summary: 'segmentation-3.0 and GE2E, both in the repository; the default',
  segmentationModel: 'pyannote-segmentation-3.0',
  embeddingModel: 'ge2e',
  encoder: { kind: 'partial', dimension: 256, rules: DEFAULT_PARTIAL_RULES },
  chunkHopSeconds: 1,
  resolution: {
    ...DEFAULT_RESOLUTION_OPTIONS,
    clustering: { ...DEFAULT_AGGLOMERATIVE_OPTIONS, threshold: 0.75, maxTogetherShare: 0.2 },
    minAloneShare: 0.05,
  },
};

/** What pyannote.audio 4.0.4 does with the same two models, faults included: for comparison with its recordings. */
const PYANNOTE_GE2E: DiarizationPreset = {
  ...EMBEDDED,
  name: 'pyannote-ge2e',
  summary: 'the embedded models in the pipeline of pyannote.audio 4.0.4, fault for fault',
  encoder: {
    kind: 'partial',
    dimension: 256,
    rules: { ...DEFAULT_PARTIAL_RULES, minGridPartials: Infinity },
  },
  resolution: {
    ...DEFAULT_RESOLUTION_OPTIONS,
    clustering: { ...DEFAULT_AGGLOMERATIVE_OPTIONS, threshold: 0.75 },
    constrainedAssignment: false,
    compatible: true,
  },
};

export const DIARIZATION_PRESETS: Readonly<Record<string, DiarizationPreset>> = Object.freeze({
  [EMBEDDED.name]: EMBEDDED,
  [PYANNOTE_GE2E.name]: PYANNOTE_GE2E,
});

export const DEFAULT_PRESET = EMBEDDED.name;

/** @throws InvalidInputError `invalid_option` that names the known presets */
export function findPreset(name: string): DiarizationPreset {
  const preset = Object.hasOwn(DIARIZATION_PRESETS, name) ? DIARIZATION_PRESETS[name] : undefined;
  if (preset !== undefined) return preset;
  throw new InvalidInputError(
    'invalid_option',
    `There is no preset ${JSON.stringify(name.slice(0, 50))}; known are ${Object.keys(DIARIZATION_PRESETS).join(', ')}.`,
    { details: { option: 'preset' } },
  );
}
