/** Which files make up a recogniser, by the layouts in which they are published. */
import type { FileRole, FrontEnd } from '../manifest.ts';

/** A file of a layout: what it is called without its ending, which is that of its kind. */
export type LayoutFile = {
  readonly role: FileRole;
  /** Names in the order of preference; a graph may have a suffix such as `_quantized`. */
  readonly names: readonly string[];
  readonly optional?: true;
  /** Tensors that a graph must have. */
  readonly tensors?: { readonly inputs: readonly string[]; readonly outputs: readonly string[] };
};

export type ModelLayout = {
  /** For messages. */
  readonly title: string;
  readonly files: readonly LayoutFile[];
  /** What `config.json` calls the kind; layouts are told apart by it where their files are called alike. */
  readonly modelType?: string;
  readonly frontEnd: (config: Readonly<Record<string, unknown>>) => FrontEnd | undefined;
  /** What it knows where nobody says it. */
  readonly languages: readonly string[];
};

const STATES = ['input_ids', 'encoder_hidden_states'];

/** In the order in which they are tried. */
export const MODEL_LAYOUTS: readonly ModelLayout[] = [
  {
    title: 'Whisper (onnx-community)',
    modelType: 'whisper',
    files: [
      {
        role: 'encoder',
        names: ['encoder_model.onnx'],
        tensors: { inputs: ['input_features'], outputs: ['last_hidden_state'] },
      },
      {
        role: 'decoder',
        names: ['decoder_model_merged.onnx'],
        tensors: { inputs: [...STATES, 'use_cache_branch'], outputs: ['logits'] },
      },
      { role: 'tokenizer', names: ['tokenizer.json'] },
      { role: 'config', names: ['config.json'] },
      { role: 'generation-config', names: ['generation_config.json'] },
    ],
    frontEnd: ({ num_mel_bins: bins }) =>
      bins === 80 ? 'whisper-log-mel-80' : bins === 128 ? 'whisper-log-mel-128' : undefined,
    languages: ['mul'],
  },
  {
    title: 'Moonshine (onnx-community)',
    modelType: 'moonshine',
    files: [
      {
        role: 'encoder',
        names: ['encoder_model.onnx'],
        tensors: { inputs: ['input_values'], outputs: ['last_hidden_state'] },
      },
      {
        role: 'decoder',
        names: ['decoder_model_merged.onnx'],
        tensors: { inputs: [...STATES, 'use_cache_branch'], outputs: ['logits'] },
      },
      { role: 'vocabulary', names: ['vocab.json', 'tokenizer.json'] },
    ],
    frontEnd: () => 'waveform',
    languages: ['en'],
  },
  {
    title: 'NeMo transducer (onnx-asr)',
    files: [
      {
        role: 'encoder',
        names: ['encoder-model.onnx'],
        tensors: { inputs: ['audio_signal', 'length'], outputs: ['outputs'] },
      },
      {
        role: 'decoder',
        names: ['decoder_joint-model.onnx'],
        tensors: { inputs: ['encoder_outputs', 'targets'], outputs: ['outputs'] },
      },
      { role: 'vocabulary', names: ['vocab.txt'] },
      { role: 'config', names: ['config.json'], optional: true },
      { role: 'preprocessor', names: ['nemo128.onnx', 'nemo80.onnx'], optional: true },
    ],
    frontEnd: nemoFrontEnd,
    languages: ['en'],
  },
  {
    title: 'NeMo CTC (onnx-asr)',
    files: [
      {
        role: 'encoder',
        names: ['model.onnx'],
        tensors: { inputs: ['audio_signal', 'length'], outputs: ['logprobs'] },
      },
      { role: 'vocabulary', names: ['vocab.txt'] },
      { role: 'config', names: ['config.json'], optional: true },
      { role: 'preprocessor', names: ['nemo128.onnx', 'nemo80.onnx'], optional: true },
    ],
    frontEnd: nemoFrontEnd,
    languages: ['en'],
  },
];

/** What transformers call the features of a configuration; 80 bands where it says nothing, as onnx-asr has it. */
function nemoFrontEnd({ features_size: size = 80 }: Readonly<Record<string, unknown>>): FrontEnd | undefined {
  return size === 80 ? 'nemo-mel-80' : size === 128 ? 'nemo-mel-128' : undefined;
}
