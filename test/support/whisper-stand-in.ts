import { join } from 'node:path';
import { openOnnxSession } from '../../core/inference/onnx-session.ts';
import type { SessionOpener } from '../../core/inference/session.ts';
import type { WhisperFiles } from '../../core/transcription/whisper/open-whisper.ts';

const CACHES = ['past_key_values.0.decoder.key', 'past_key_values.0.encoder.key'];

/**
 * Files of a model folder as `models/store` would hand them over.
 *
 * @param exported `pair` takes `decoder_model` and `decoder_with_past_model` instead of the merged graph
 */
export function whisperFiles(folder: string, exported: 'merged' | 'pair' = 'merged'): WhisperFiles {
  const id = 'whisper-stand-in';
  const graph = (name: string, inputs: string[], outputs: string[]) => ({
    id,
    path: join(folder, `${name}.onnx`),
    inputs,
    outputs,
  });
  const texts = {
    tokenizerPath: join(folder, 'tokenizer.json'),
    configPath: join(folder, 'config.json'),
    generationConfigPath: join(folder, 'generation_config.json'),
  };
  const encoder = graph('encoder_model', ['input_features'], ['last_hidden_state']);
  const states = ['input_ids', 'encoder_hidden_states'];
  if (exported === 'merged') {
    const decoder = graph('decoder_model_merged', [...states, 'use_cache_branch', ...CACHES], ['logits']);
    return { encoder, decoder, ...texts };
  }
  return {
    encoder,
    decoder: graph('decoder_model', states, ['logits']),
    decoderWithPast: graph('decoder_with_past_model', ['input_ids', ...CACHES], ['logits']),
    ...texts,
  };
}

/** Opens graphs on the CPU in this thread. */
export const openOnCpu: SessionOpener = (model, graph) => openOnnxSession(model, { provider: 'cpu', graph });
