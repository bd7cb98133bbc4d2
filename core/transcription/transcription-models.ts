/** From files to the networks of a transcription, loaded and ready. */
import type { DiarizationModels } from '../diarization/diarization-models.ts';
import type { ModelFile, Session, SessionOpener } from '../inference/session.ts';
import type { ModelUse } from '../result/result.ts';
import { openSilero } from '../vad/open-silero.ts';
import type { Aligner } from './forced-alignment/aligner.ts';
import { type MultilingualRecogniser, openWhenNeeded } from './language/multilingual-recogniser.ts';
import type { LanguageFinder, Recogniser } from './recogniser.ts';

/** Loaded once, used for many recordings. */
export type TranscriptionModels = {
  readonly recogniser: Recogniser;
  /** Finds out the language first, and writes down what `recogniser` does not know; absent where there is one for all. */
  readonly multilingual?: MultilingualRecogniser | undefined;
  /** Silero VAD. */
  readonly vad: Session;
  /** Times words anew from sound and text; without, they keep the times of the recogniser. */
  readonly aligner?: Aligner | undefined;
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
  readonly multilingual?:
    | {
        readonly open: (open: SessionOpener) => Promise<Recogniser>;
        readonly openFinder: (open: SessionOpener) => Promise<LanguageFinder>;
      }
    | undefined;
  readonly vad: ModelFile;
  /** Opens what times words anew, e.g. `(open) => openCtcAligner(files, open)`. */
  readonly aligner?: ((open: SessionOpener) => Promise<Aligner>) | undefined;
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
  const opened: { release(): Promise<void> }[] = [];
  const release = async (): Promise<void> => {
    await Promise.all(opened.map((model) => model.release()));
  };
  const kept = <T extends { release(): Promise<void> }>(model: T): T => {
    opened.push(model);
    return model;
  };
  try {
    const vad = kept(await openSilero(parts.vad));
    const recogniser = kept(await parts.recogniser(open));
    const aligner = parts.aligner && kept(await parts.aligner(open));
    const { multilingual } = parts;
    let finder: Promise<LanguageFinder> | undefined;
    return {
      recogniser,
      multilingual:
        multilingual &&
        openWhenNeeded({
          open: async () => kept(await multilingual.open(open)),
          openFinder: () => (finder ??= multilingual.openFinder(open).then(kept)),
        }),
      vad,
      aligner,
      diarization: parts.diarization,
      uses: parts.uses,
      release,
    };
  } catch (error) {
    await release();
    throw error;
  }
}
