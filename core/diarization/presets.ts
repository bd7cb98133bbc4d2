/** Ready-made combinations of models and settings. A preset is data; all code is shared. */
import { DEFAULT_PARTIAL_RULES } from '../embedding/partial-plan.ts';
import { DEFAULT_POOLING_RULES } from '../embedding/pooling-encoder.ts';
import { DEFAULT_PURE_STRETCH_RULES } from '../embedding/pure-stretches/pure-stretch-rules.ts';
import { InvalidInputError } from '../errors.ts';
import { MAX_LINKED_VECTORS } from '../resolution/linkage/condensed-distances.ts';
import {
  DEFAULT_AGGLOMERATIVE_OPTIONS,
  DEFAULT_EVIDENCE_OPTIONS,
  DEFAULT_RESOLUTION_OPTIONS,
  DEFAULT_VBX_OPTIONS,
} from '../resolution/resolution-options.ts';
import type { DiarizationPreset } from './preset.ts';
import { splitPresetName, withNamedSettings } from './preset-name.ts';
import { scalePresets } from './scale-presets.ts';

export type { DiarizationPreset, EncoderPreset } from './preset.ts';

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
  ...scalePresets(EMBEDDED),
];

/** All presets by name. */
export const DIARIZATION_PRESETS: Readonly<Record<string, DiarizationPreset>> = Object.freeze(
  Object.fromEntries(PRESETS.map((preset) => [preset.name, preset])),
);

/** The preset whose models ship with the repository. */
export const DEFAULT_PRESET = EMBEDDED.name;

/**
 * The preset of a name. Behind the name of one that clusters over scales any encoder may stand:
 * `meeting/nemo-titanet-large`. Behind any name settings may stand: `embedded?clustering.threshold=0.7`.
 *
 * @throws InvalidInputError `invalid_option` that names the known presets
 */
export function findPreset(name: string): DiarizationPreset {
  const { base: unchanged, settings } = splitPresetName(name);
  if (settings !== undefined) {
    const base = findPreset(unchanged);
    return { ...base, name, resolution: withNamedSettings(base.resolution, settings) };
  }
  const preset = ownPreset(name);
  if (preset !== undefined) return preset;
  const separator = name.indexOf('/');
  const base = separator === -1 ? undefined : ownPreset(name.slice(0, separator));
  const encoder = name.slice(separator + 1);
  if (base?.encoder.kind === 'scales' && encoder !== '') return { ...base, name, embeddingModel: encoder };
  throw new InvalidInputError(
    'invalid_option',
    `There is no preset ${JSON.stringify(name.slice(0, 50))}; known are ${Object.keys(DIARIZATION_PRESETS).join(', ')}.`,
    { details: { option: 'preset' } },
  );
}

/** Whether a name is that of a preset, whatever stands behind it. */
export function isPreset(name: string): boolean {
  return ownPreset(name.split(/[/?]/, 1)[0]!) !== undefined;
}

function ownPreset(name: string): DiarizationPreset | undefined {
  return Object.hasOwn(DIARIZATION_PRESETS, name) ? DIARIZATION_PRESETS[name] : undefined;
}
