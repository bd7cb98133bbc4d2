/** Which models known voices ask for, where the caller names none: voices of an older encoder go on working. */
import { DEFAULT_PRESET, DIARIZATION_PRESETS } from '../../../core/diarization/presets.ts';
import type { EmbeddingSpace } from '../../../core/result/voice-terms.ts';
import { shippedManifest } from '../../../models/manifest.ts';
import { DEFAULT_SPEAKER_MODEL } from './speaker-setup.ts';

type VoiceOfSpace = { readonly space: EmbeddingSpace };

/** The encoder to compare voices with: the one asked for, else that of the voices if all have one, else the default. */
export function encoderOfVoices(voices: readonly VoiceOfSpace[], asked?: string): string {
  return asked ?? commonEncoder(voices) ?? DEFAULT_SPEAKER_MODEL;
}

/** The preset to tell speakers apart with whose voices are known, by the same rule. */
export function presetOfVoices(voices: readonly VoiceOfSpace[], asked?: string): string {
  if (asked !== undefined) return asked;
  const encoder = encoderOfVoices(voices);
  const fitting = Object.values(DIARIZATION_PRESETS).find(({ embeddingModel }) => embeddingModel === encoder);
  return fitting?.name ?? DEFAULT_PRESET;
}

/** Undefined without voices, for voices of several encoders, and for an encoder that is not known here. */
function commonEncoder(voices: readonly VoiceOfSpace[]): string | undefined {
  const [first, ...others] = new Set(voices.map(({ space }) => space.model));
  if (first === undefined || others.length > 0) return undefined;
  return shippedManifest().models.some(({ id }) => id === first) ? first : undefined;
}
