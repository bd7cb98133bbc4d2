import { openAudio } from '../../core/audio/decode.ts';
import { diarize, type DiarizedRecording } from '../../core/diarization/diarize.ts';
import { openDiarizationModels, type DiarizationModels } from '../../core/diarization/diarization-models.ts';
import { findPreset } from '../../core/diarization/presets.ts';
import { openOnnxSession } from '../../core/inference/onnx-session.ts';
import { embeddedPresetFiles, type EmbeddedPreset } from './embedded-diarization.ts';

/** A preset of the embedded models in this thread. */
export function openEmbeddedDiarization(presetName: EmbeddedPreset): Promise<DiarizationModels> {
  return openDiarizationModels(findPreset(presetName), embeddedPresetFiles(presetName), (model, graph) =>
    openOnnxSession(model, { provider: 'cpu', intraOpThreads: 2, graph }),
  );
}

/** Diarizes a file as the engine does, without its process. */
export async function diarizeFile(path: string, models: DiarizationModels): Promise<DiarizedRecording> {
  const audio = await openAudio({ path });
  return diarize(audio, models, {}, { now: () => performance.now() / 1000 });
}
