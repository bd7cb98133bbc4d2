import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { NemoFiles } from '../../core/transcription/nemo/open-nemo.ts';

/** Files of a model folder of onnx-asr as `models/store` would hand them over. */
export function nemoFiles(folder: string): NemoFiles {
  const id = 'nemo-stand-in';
  const features = ['audio_signal', 'length'];
  const texts = {
    vocabularyPath: join(folder, 'vocab.txt'),
    configPath: join(folder, 'config.json'),
    languages: ['en'],
  };
  const ctcPath = join(folder, 'model.onnx');
  if (existsSync(ctcPath))
    return { encoder: { id, path: ctcPath, inputs: features, outputs: ['logprobs'] }, ...texts };
  return {
    encoder: {
      id,
      path: join(folder, 'encoder-model.onnx'),
      inputs: features,
      outputs: ['outputs', 'encoded_lengths'],
    },
    decoder: {
      id,
      path: join(folder, 'decoder_joint-model.onnx'),
      inputs: ['encoder_outputs', 'targets', 'target_length', 'input_states_1', 'input_states_2'],
      outputs: ['outputs', 'output_states_1', 'output_states_2'],
    },
    ...texts,
  };
}
