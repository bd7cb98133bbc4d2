import { ModelError } from '../../errors.ts';
import type { TransducerKind } from './transducer-decoder.ts';

/** What `config.json` of a NeMo model folder says, with onnx-asr's defaults where it says nothing. */
export type NemoConfig = {
  /** `undefined` where it is not said. */
  readonly kind: 'ctc' | TransducerKind | undefined;
  readonly melCount: 80 | 128;
  /** Mel frames an encoder frame. */
  readonly subsampling: number;
  readonly maxTokensPerFrame: number;
};

const KINDS = {
  'nemo-conformer-ctc': 'ctc',
  'nemo-conformer-rnnt': 'rnnt',
  'nemo-conformer-tdt': 'tdt',
} as const;

/**
 * @param json `undefined` for a folder without `config.json`
 * @throws ModelError `model_shape_mismatch`
 */
export function parseNemoConfig(json: string | undefined, modelId: string): NemoConfig {
  const config = json === undefined ? {} : parseObject(json, modelId);
  const count = (key: string, standard: number): number => {
    const value = config[key] ?? standard;
    if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 1e6) return value;
    throw mismatch(modelId, `${key} is no positive number`);
  };
  const melCount = count('features_size', 80);
  if (melCount !== 80 && melCount !== 128)
    throw mismatch(modelId, `features_size is ${melCount}, not 80 or 128`);
  const type = config.model_type;
  const kind =
    typeof type === 'string' && Object.hasOwn(KINDS, type) ? KINDS[type as keyof typeof KINDS] : undefined;
  if (type !== undefined && kind === undefined)
    throw mismatch(modelId, `its model_type is none of ${Object.keys(KINDS).join(', ')}`);
  return {
    kind,
    melCount,
    subsampling: count('subsampling_factor', 8),
    maxTokensPerFrame: count('max_tokens_per_step', 10),
  };
}

function parseObject(json: string, modelId: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw mismatch(modelId, 'it is no JSON object');
}

function mismatch(modelId: string, problem: string): ModelError {
  return new ModelError(
    'model_shape_mismatch',
    `The config.json of ${modelId} fits no NeMo model that is known here: ${problem}.`,
    { details: { model: modelId } },
  );
}
