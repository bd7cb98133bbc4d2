import { ModelError } from '../../errors.ts';

/** A head of the decoder: which layer, which of its heads. */
export type AttentionHead = { readonly layer: number; readonly head: number };

/** What `config.json` and `generation_config.json` of a Whisper model say, as far as it is needed. */
export type WhisperConfig = {
  readonly modelId: string;
  readonly vocabularySize: number;
  readonly melCount: 80 | 128;
  /** Encoder frames of a window, 1500: one for two mel frames. */
  readonly audioPositions: number;
  /** Tokens that the decoder can hold, 448. */
  readonly textPositions: number;
  readonly layerCount: number;
  readonly headCount: number;
  readonly encoderHeadCount: number;
  readonly width: number;
  /** Without, the model knows English only and is told neither language nor task. */
  readonly isMultilingual: boolean;
  /** Heads that look at what they write down. */
  readonly alignmentHeads: readonly AttentionHead[];
  /** Tokens that are never written. */
  readonly suppressed: readonly number[];
  /** Tokens that nothing begins with. */
  readonly suppressedAtBegin: readonly number[];
  /** The first timestamp is at most this one, in steps of 0.02 s. */
  readonly maxInitialTimestampIndex: number;
  /** The token that a transcript begins with; absent where the file says nothing. */
  readonly startOfTranscript: number | undefined;
  /** Token ids by ISO 639-1 code; empty where the file says nothing. */
  readonly languages: ReadonlyMap<string, number>;
};

/** One second, as openai-whisper has it. */
const DEFAULT_MAX_INITIAL_TIMESTAMP = 50;

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads both configuration files of a model folder.
 *
 * Heads that the model does not have are an error: its files stem from different models (a `.en` model has other
 * alignment heads than the multilingual one of its size). Where none are listed, all heads of the upper half of the
 * layers are taken, as openai-whisper does.
 *
 * @throws ModelError `model_shape_mismatch`
 */
export function parseWhisperConfig(config: string, generation: string, modelId: string): WhisperConfig {
  const reader = new ConfigReader(modelId);
  const model = reader.object(config, 'config.json');
  const decoding = reader.object(generation, 'generation_config.json');
  const layerCount = reader.count(model, 'decoder_layers');
  const headCount = reader.count(model, 'decoder_attention_heads');
  const melCount = reader.count(model, 'num_mel_bins');
  if (melCount !== 80 && melCount !== 128) throw reader.error(`num_mel_bins is ${melCount}, not 80 or 128`);
  const languages = languagesOf(decoding.lang_to_id);
  return {
    modelId,
    melCount,
    layerCount,
    headCount,
    encoderHeadCount:
      model.encoder_attention_heads === undefined
        ? headCount
        : reader.count(model, 'encoder_attention_heads'),
    languages,
    startOfTranscript: numbers([decoding.decoder_start_token_id])[0],
    vocabularySize: reader.count(model, 'vocab_size'),
    audioPositions: reader.count(model, 'max_source_positions'),
    textPositions: reader.count(model, 'max_target_positions'),
    width: reader.count(model, 'd_model'),
    isMultilingual: decoding.is_multilingual === true || languages.size > 1,
    alignmentHeads: alignmentHeads(decoding.alignment_heads, layerCount, headCount, reader),
    suppressed: numbers(decoding.suppress_tokens ?? model.suppress_tokens),
    suppressedAtBegin: numbers(decoding.begin_suppress_tokens ?? model.begin_suppress_tokens),
    maxInitialTimestampIndex:
      numbers([decoding.max_initial_timestamp_index])[0] ?? DEFAULT_MAX_INITIAL_TIMESTAMP,
  };
}

class ConfigReader {
  readonly #modelId: string;

  constructor(modelId: string) {
    this.#modelId = modelId;
  }

  error(problem: string, cause?: unknown): ModelError {
    return new ModelError(
      'model_shape_mismatch',
      `The configuration of ${this.#modelId} fits no Whisper model: ${problem}. Its files may stem from different models; colloquy models verify ${this.#modelId} tells.`,
      { details: { model: this.#modelId }, cause },
    );
  }

  object(json: string, file: string): Json {
    try {
      const value: unknown = JSON.parse(json);
      if (typeof value === 'object' && value !== null) return value as Json;
    } catch (cause) {
      throw this.error(`${file} is no JSON`, cause);
    }
    throw this.error(`${file} is no JSON object`);
  }

  count(object: Json, key: string): number {
    const value = object[key];
    if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 1e7) return value;
    throw this.error(`${key} is missing or no positive number`);
  }
}

function alignmentHeads(
  value: unknown,
  layerCount: number,
  headCount: number,
  reader: ConfigReader,
): AttentionHead[] {
  if (!Array.isArray(value) || value.length === 0) return upperHeads(layerCount, headCount);
  return value.map((pair: unknown) => {
    const [layer, head] = numbers(pair);
    if (layer !== undefined && head !== undefined && layer < layerCount && head < headCount) {
      return { layer, head };
    }
    throw reader.error(
      `alignment_heads lists a head that ${layerCount} layers of ${headCount} heads do not have`,
    );
  });
}

function upperHeads(layerCount: number, headCount: number): AttentionHead[] {
  const heads: AttentionHead[] = [];
  for (let layer = Math.floor(layerCount / 2); layer < layerCount; layer++) {
    for (let head = 0; head < headCount; head++) heads.push({ layer, head });
  }
  return heads;
}

/** The whole numbers from 0 on in an array; nothing of anything else. */
function numbers(value: unknown): number[] {
  const isIndex = (item: unknown): item is number => Number.isInteger(item) && (item as number) >= 0;
  return Array.isArray(value) ? value.filter(isIndex) : [];
}

/** `<|en|>` → `en`. */
function languagesOf(value: unknown): ReadonlyMap<string, number> {
  if (typeof value !== 'object' || value === null) return new Map();
  const entries = Object.entries(value).filter(([, id]) => Number.isInteger(id)) as [string, number][];
  const byId = entries.toSorted(([, a], [, b]) => a - b);
  return new Map(byId.map(([token, id]) => [token.replace(/^<\|(.+)\|>$/u, '$1'), id]));
}
