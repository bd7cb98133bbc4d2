import type { PartialRules } from '../embedding/partial-plan.ts';
import type { PoolingRules } from '../embedding/pooling-encoder.ts';
import type { PureStretchRules } from '../embedding/pure-stretches/pure-stretch-rules.ts';
import type { ScaleRules } from '../embedding/segments/scale-encoder.ts';
import type { ResolutionOptions } from '../resolution/resolution-options.ts';
import type { SegmentationForm } from '../segmentation/open-segmenter.ts';

/** How the embedding model turns a chunk into one vector per local speaker. */
export type EncoderPreset =
  /** GE2E on 1.6 s partials, centred with the `mean` file of the model. */
  | { readonly kind: 'partial'; readonly dimension: number; readonly rules: PartialRules }
  /** Fbank, trunk, statistics pooling under the mask of a speaker. */
  | { readonly kind: 'pooling'; readonly dimension: number; readonly rules: PoolingRules }
  /** The same for a trunk that must hear one person at a time; centred with the `conditions` file of the model. */
  | { readonly kind: 'pure-stretches'; readonly dimension: number; readonly rules: PureStretchRules }
  /** Segments of speech in place of local speakers, by any model; centred where something is known to centre with. */
  | { readonly kind: 'scales'; readonly rules: ScaleRules };

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
