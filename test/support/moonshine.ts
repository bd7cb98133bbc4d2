import { join } from 'node:path';
import { openOnnxSession } from '../../core/inference/onnx-session.ts';
import type { SessionOpener } from '../../core/inference/session.ts';
import { type MoonshineFiles, openMoonshine } from '../../core/transcription/moonshine/open-moonshine.ts';
import type { MoonshineRecogniser } from '../../core/transcription/moonshine/moonshine.ts';

const folder = join(import.meta.dirname, '../../models/embedded/moonshine-tiny');
const id = 'moonshine-tiny';

/** The recogniser that ships with the repository, as `models/store` would hand it over. */
export const MOONSHINE_FILES: MoonshineFiles = {
  encoder: {
    id,
    path: join(folder, 'encoder_model.onnx'),
    inputs: ['input_values'],
    outputs: ['last_hidden_state'],
  },
  decoder: {
    id,
    path: join(folder, 'decoder_model_merged.onnx'),
    inputs: ['input_ids', 'encoder_hidden_states', 'use_cache_branch'],
    outputs: ['logits', 'cross_attentions.0'],
  },
  vocabularyPath: join(folder, 'vocab.json'),
  languages: ['en'],
};

/** On the CPU in this thread, unless another opener is given. */
export function openEmbeddedMoonshine(
  open: SessionOpener = (model, graph) => openOnnxSession(model, { provider: 'cpu', graph }),
): Promise<MoonshineRecogniser> {
  return openMoonshine(MOONSHINE_FILES, open);
}
