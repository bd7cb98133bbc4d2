import type { RegionRules } from '../embedding/segments/region-finder.ts';
import { DEFAULT_RESOLUTION_OPTIONS } from '../resolution/resolution-options.ts';
import { DEFAULT_NME_SPECTRAL_OPTIONS } from '../resolution/scales/nme-spectral-options.ts';
import type { DiarizationPreset } from './preset.ts';

/** Scales of NeMo's with its rules of speech; the same number of seconds from one segment to the next each. */
type NemoPreset = {
  readonly name: string;
  readonly summary: string;
  readonly windowsSeconds: readonly number[];
  readonly shiftsSeconds: readonly number[];
  readonly regions: RegionRules;
  readonly searchSteps: number;
};

const NEMO_PRESETS: readonly NemoPreset[] = [
  {
    name: 'meeting',
    summary: 'clustering over six scales, as NeMo for meetings of three to five people',
    windowsSeconds: [3, 2.5, 2, 1.5, 1, 0.5],
    shiftsSeconds: [1.5, 1.25, 1, 0.75, 0.5, 0.25],
    regions: {
      onset: 0.9,
      offset: 0.5,
      padStartSeconds: 0,
      padEndSeconds: 0,
      minSpeechSeconds: 0,
      minSilenceSeconds: 0.6,
      dropShortFirst: true,
    },
    searchSteps: 30,
  },
  {
    name: 'general',
    summary: 'clustering over three scales, as NeMo for recordings of all kinds',
    windowsSeconds: [1.9, 1.2, 0.5],
    shiftsSeconds: [0.95, 0.6, 0.25],
    regions: {
      onset: 0.5,
      offset: 0.3,
      padStartSeconds: 0.2,
      padEndSeconds: 0.2,
      minSpeechSeconds: 0.5,
      minSilenceSeconds: 0.5,
      dropShortFirst: true,
    },
    searchSteps: 10,
  },
  {
    name: 'telephonic',
    summary: 'clustering over five scales, as NeMo for telephone calls',
    windowsSeconds: [1.5, 1.25, 1, 0.75, 0.5],
    shiftsSeconds: [0.75, 0.625, 0.5, 0.375, 0.25],
    regions: {
      onset: 0.1,
      offset: 0.1,
      padStartSeconds: 0.1,
      padEndSeconds: 0,
      minSpeechSeconds: 0,
      minSilenceSeconds: 0.2,
      dropShortFirst: true,
    },
    searchSteps: 30,
  },
];

/**
 * NeMo's diarization over several scales, with segmentation in place of its VAD: `diar_infer_*.yaml` of NeMo 2.7.3. Its
 * thresholds of speech are those of the share of windows that hear anybody.
 *
 * @param embedded the preset whose models they share
 */
export function scalePresets(embedded: DiarizationPreset): DiarizationPreset[] {
  return NEMO_PRESETS.map(({ name, summary, windowsSeconds, shiftsSeconds, regions, searchSteps }) => ({
    ...embedded,
    name,
    summary,
    encoder: {
      kind: 'scales',
      rules: {
        scales: windowsSeconds.map((windowSeconds, index) => ({
          windowSeconds,
          shiftSeconds: shiftsSeconds[index]!,
        })),
        regions,
      },
    },
    resolution: {
      ...DEFAULT_RESOLUTION_OPTIONS,
      clustering: {
        ...DEFAULT_NME_SPECTRAL_OPTIONS,
        scaleWeights: windowsSeconds.map(() => 1),
        searchSteps,
      },
    },
  }));
}
