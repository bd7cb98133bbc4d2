/** Ready-made combinations of models and settings. A preset is data; all code is shared. */
import { DEFAULT_PARTIAL_RULES, type PartialRules } from '../embedding/partial-plan.ts';
import { DEFAULT_POOLING_RULES, type PoolingRules } from '../embedding/pooling-encoder.ts';
import {
  DEFAULT_PURE_STRETCH_RULES,
  type PureStretchRules,
} from '../embedding/pure-stretches/pure-stretch-rules.ts';
import { InvalidInputError } from '../errors.ts';
import type { SegmentationForm } from '../segmentation/open-segmenter.ts';
import { MAX_LINKED_VECTORS } from '../resolution/linkage/condensed-distances.ts';
import {
  DEFAULT_AGGLOMERATIVE_OPTIONS,
  DEFAULT_EVIDENCE_OPTIONS,
  DEFAULT_RESOLUTION_OPTIONS,
  DEFAULT_VBX_OPTIONS,
  type ResolutionOptions,
} from '../resolution/resolution-options.ts';

/** How the embedding model turns a chunk into one vector per local speaker. */
export type EncoderPreset =
  /** GE2E on 1.6 s partials, centred with the `mean` file of the model. */
  | { readonly kind: 'partial'; readonly dimension: number; readonly rules: PartialRules }
  /** Fbank, trunk, statistics pooling under the mask of a speaker. */
  | { readonly kind: 'pooling'; readonly dimension: number; readonly rules: PoolingRules }
  /** The same for a trunk that must hear one person at a time; centred with the `conditions` file of the model. */
  | { readonly kind: 'pure-stretches'; readonly dimension: number; readonly rules: PureStretchRules };

/** Models and settings under a name. */
export type DiarizationPreset = {
  readonly name: string;
  readonly summary: string;
  /** Ids in models/manifest.json. */
  readonly segmentationModel: string;
  /** With 8 bits where nothing else asks for the numbers of the published graph. */
  readonly segmentationForm: SegmentationForm;
  readonly embeddingModel: string;
  readonly encoder: EncoderPreset;
  /** PLDA that belongs to the encoder, for VBx. */
  readonly pldaModel?: string;
  /** Chunks start this often. */
  readonly chunkHopSeconds: number;
  readonly resolution: ResolutionOptions;
};

/**
 * The models that ship with the repository.
 *
 * Half a second of clean speech is enough to take part in clustering: a short embedding is noisy but hears nobody else.
 */
const EMBEDDED: DiarizationPreset = {
  name: 'embedded',
  summary: 'segmentation-3.0 and CAM++, both in the repository; the default',
  segmentationModel: 'pyannote-segmentation-3.0',
  segmentationForm: 'int8',
  embeddingModel: 'campplus-zh-en',
  encoder: { kind: 'pure-stretches', dimension: 192, rules: DEFAULT_PURE_STRETCH_RULES },
  chunkHopSeconds: 1,
  resolution: {
    ...DEFAULT_RESOLUTION_OPTIONS,
    clustering: DEFAULT_EVIDENCE_OPTIONS,
    minAloneShare: 0.05,
  },
};

/**
 * The default until CAM++ came, for voices enrolled with GE2E and observations saved then.
 *
 * Because voices of one window may not be joined, any cut from 0.75 to 0.9 gives the same turns on the recordings of
 * `npm run bench -- ablation`; 0.8 keeps a distance from both ends.
 */
const GE2E: DiarizationPreset = {
  ...EMBEDDED,
  name: 'ge2e',
  summary: 'segmentation-3.0 and GE2E, both in the repository: small and fast, for clean recordings',
  embeddingModel: 'ge2e',
  encoder: { kind: 'partial', dimension: 256, rules: DEFAULT_PARTIAL_RULES },
  resolution: {
    ...DEFAULT_RESOLUTION_OPTIONS,
    clustering: { ...DEFAULT_AGGLOMERATIVE_OPTIONS, threshold: 0.8, maxTogetherShare: 0.2 },
    minAloneShare: 0.05,
  },
};

/** What pyannote.audio 4.0.4 does with the same two models, faults included: for comparison with its recordings. */
const PYANNOTE_GE2E: DiarizationPreset = {
  ...GE2E,
  name: 'pyannote-ge2e',
  segmentationForm: 'published',
  summary: 'the models of ge2e in the pipeline of pyannote.audio 4.0.4, fault for fault',
  encoder: {
    kind: 'partial',
    dimension: 256,
    rules: { ...DEFAULT_PARTIAL_RULES, minGridPartials: Infinity },
  },
  resolution: {
    ...DEFAULT_RESOLUTION_OPTIONS,
    clustering: { ...DEFAULT_AGGLOMERATIVE_OPTIONS, threshold: 0.75, maxLinkedVectors: MAX_LINKED_VECTORS },
    constrainedAssignment: false,
    compatible: true,
  },
};

/** pyannote/speaker-diarization-3.1. Its segmentation weights are those in the repository. */
const PYANNOTE_3_1: DiarizationPreset = {
  name: 'pyannote-3.1',
  summary: 'segmentation-3.0, WeSpeaker ResNet34-LM and agglomerative clustering, as pyannote 3.1',
  segmentationModel: 'pyannote-segmentation-3.0',
  segmentationForm: 'published',
  embeddingModel: 'wespeaker-voxceleb-resnet34-lm',
  encoder: { kind: 'pooling', dimension: 256, rules: DEFAULT_POOLING_RULES },
  chunkHopSeconds: 1,
  resolution: {
    ...DEFAULT_RESOLUTION_OPTIONS,
    clustering: { ...DEFAULT_AGGLOMERATIVE_OPTIONS, maxLinkedVectors: MAX_LINKED_VECTORS },
    constrainedAssignment: false,
    compatible: true,
  },
};

/** pyannote/speaker-diarization-community-1. */
const COMMUNITY_1: DiarizationPreset = {
  ...PYANNOTE_3_1,
  name: 'community-1',
  summary: 'segmentation-3.0, WeSpeaker ResNet34-LM and VBx with PLDA, as pyannote community-1',
  pldaModel: 'pyannote-community-1-plda',
  resolution: {
    ...DEFAULT_RESOLUTION_OPTIONS,
    clustering: { ...DEFAULT_VBX_OPTIONS, maxLinkedVectors: MAX_LINKED_VECTORS },
    constrainedAssignment: true,
    compatible: true,
  },
};

/** The same with each stretch of the recording through the trunk once, and without pyannote's faults. */
function fast(preset: DiarizationPreset): DiarizationPreset {
  return {
    ...preset,
    name: `${preset.name}-fast`,
    segmentationForm: 'float32',
    summary: `${preset.name} with one run of the trunk shared by overlapping windows`,
    encoder: { kind: 'pooling', dimension: 256, rules: { ...DEFAULT_POOLING_RULES, trunk: 'shared' } },
    resolution: { ...preset.resolution, compatible: false },
  };
}

const PRESETS = [
  EMBEDDED,
  GE2E,
  PYANNOTE_GE2E,
  PYANNOTE_3_1,
  fast(PYANNOTE_3_1),
  COMMUNITY_1,
  fast(COMMUNITY_1),
];

/** All presets by name. */
export const DIARIZATION_PRESETS: Readonly<Record<string, DiarizationPreset>> = Object.freeze(
  Object.fromEntries(PRESETS.map((preset) => [preset.name, preset])),
);

/** The preset whose models ship with the repository. */
export const DEFAULT_PRESET = EMBEDDED.name;

/**
 * The preset of a name.
 *
 * @throws InvalidInputError `invalid_option` that names the known presets
 */
export function findPreset(name: string): DiarizationPreset {
  const preset = Object.hasOwn(DIARIZATION_PRESETS, name) ? DIARIZATION_PRESETS[name] : undefined;
  if (preset !== undefined) return preset;
  throw new InvalidInputError(
    'invalid_option',
    `There is no preset ${JSON.stringify(name.slice(0, 50))}; known are ${Object.keys(DIARIZATION_PRESETS).join(', ')}.`,
    { details: { option: 'preset' } },
  );
}
