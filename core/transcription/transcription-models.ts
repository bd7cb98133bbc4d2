/** From files to the networks of a transcription, loaded and ready. */
import type { DiarizationModels } from '../diarization/diarization-models.ts';
import type { ModelFile, Session, SessionOpener } from '../inference/session.ts';
import type { ModelUse } from '../result/result.ts';
import { openSilero } from '../vad/open-silero.ts';
import { type MultilingualRecogniser, openWhenNeeded } from './language/multilingual-recogniser.ts';
import type { Recogniser } from './recogniser.ts';

/** Loaded once, used for many recordings. */
export type TranscriptionModels = {
  readonly recogniser: Recogniser;
  /** Finds out the language first, and writes down what `recogniser` does not know; absent where there is one for all. */
  readonly multilingual?: MultilingualRecogniser | undefined;
  /** Silero VAD. */
  readonly vad: Session;
  /** For speakers; without, nobody is told apart. */
  readonly diarization?: DiarizationModels | undefined;
  /** What a result says of the recogniser and the voice activity detector. */
  readonly uses: readonly ModelUse[];
  readonly release: () => Promise<void>;
};

export type TranscriptionModelParts = {
  /** Opens the recogniser of a family, e.g. `(open) => openMoonshine(files, open)`. */
  readonly recogniser: (open: SessionOpener) => Promise<Recogniser>;
  /** Likewise, for languages that this one does not know. */
  readonly multilingual?: ((open: SessionOpener) => Promise<Recogniser>) | undefined;
  readonly vad: ModelFile;
  readonly diarization?: DiarizationModels | undefined;
  readonly uses: readonly ModelUse[];
};

/**
 * Opens what `transcribe` needs besides the diarization models, which are opened on their own.
 * The voice activity detector runs in this thread, see `openSilero`.
 *
 * @throws ModelError when a file is missing, damaged or of another shape than its family has
 */
export async function openTranscriptionModels(
  parts: TranscriptionModelParts,
  open: SessionOpener,
): Promise<TranscriptionModels> {
  const vad = await openSilero(parts.vad);
  try {
    const recogniser = await parts.recogniser(open);
    const { multilingual } = parts;
    let opened: Recogniser | undefined;
    return {
      recogniser,
      multilingual:
        multilingual &&
        openWhenNeeded({ open: async () => (opened = await multilingual(open)), openHere: multilingual }),
      vad,
      diarization: parts.diarization,
      uses: parts.uses,
      release: async () => {
        await Promise.all([vad.release(), recogniser.release(), opened?.release()]);
      },
    };
  } catch (error) {
    await vad.release();
    throw error;
  }
}
