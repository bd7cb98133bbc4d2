import { openAudio } from '../../core/audio/decode.ts';
import { openOnnxSession } from '../../core/inference/onnx-session.ts';
import type { SessionOpener } from '../../core/inference/session.ts';
import { openMoonshine } from '../../core/transcription/moonshine/open-moonshine.ts';
import {
  DEFAULT_TRANSCRIPTION_OPTIONS,
  transcribe,
  type TranscribeContext,
  type TranscriptionOptions,
  type Transcription,
} from '../../core/transcription/transcribe.ts';
import {
  openTranscriptionModels,
  type TranscriptionModels,
} from '../../core/transcription/transcription-models.ts';
import { openEmbeddedDiarization } from './diarization-recordings.ts';
import { MOONSHINE_FILES } from './moonshine.ts';
import { SILERO_MODEL } from './silero-session.ts';

/** All embedded models in this thread. */
export async function openEmbeddedTranscription(
  open: SessionOpener = (model, graph) =>
    openOnnxSession(model, { provider: 'cpu', intraOpThreads: 2, graph }),
): Promise<TranscriptionModels> {
  const diarization = await openEmbeddedDiarization('embedded');
  const parts = {
    recogniser: (opener: SessionOpener) => openMoonshine(MOONSHINE_FILES, opener),
    vad: SILERO_MODEL,
    diarization,
    uses: [{ id: 'moonshine-tiny', task: 'speech-recognition' }],
  };
  const models = await openTranscriptionModels(parts, open);
  return {
    ...models,
    release: async () => {
      await Promise.all([models.release(), diarization.release()]);
    },
  };
}

/** Transcribes a file as the engine does, without its process. */
export async function transcribeFile(
  path: string,
  models: TranscriptionModels,
  options: Partial<TranscriptionOptions> = {},
  context: Partial<TranscribeContext> = {},
): Promise<Transcription> {
  const audio = await openAudio({ path });
  const now = () => performance.now() / 1000;
  return transcribe(audio, models, { ...DEFAULT_TRANSCRIPTION_OPTIONS, ...options }, { now, ...context });
}
