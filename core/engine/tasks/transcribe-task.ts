import type { ModelFile } from '../../inference/session.ts';
import { type ChannelMode, transcribePcm } from '../../transcription/channels/transcribe-pcm.ts';
import {
  type CtcAlignerFiles,
  openCtcAligner,
} from '../../transcription/forced-alignment/open-ctc-aligner.ts';
import { utterancesOfText } from '../../transcription/utterances-of-text.ts';
import {
  openLanguageFinder,
  openRecogniser,
  type RecogniserFiles,
} from '../../transcription/recogniser-families.ts';
import type { RecognisedSegment } from '../../transcription/recogniser.ts';
import {
  transcribe,
  type TranscribeContext,
  type TranscriptionOptions,
} from '../../transcription/transcribe.ts';
import { openWhenNeeded } from '../../transcription/language/multilingual-recogniser.ts';
import type { TranscriptionModels } from '../../transcription/transcription-models.ts';
import { openSilero } from '../../vad/open-silero.ts';
import type { ModelUse, TranscriptResult, Utterance } from '../../result/result.ts';
import {
  type DiarizationSetup,
  diarizationModels,
  nameSpeakers,
  type SpeakerNaming,
} from './diarize-task.ts';
import { openedOnce } from './opened-once.ts';
import type { TaskContext } from './task.ts';
import { workOnRecording } from './work-on-recording.ts';

/** Which models transcribe, and where their files lie. */
export type TranscriptionSetup = {
  readonly recogniser: RecogniserFiles;
  /** Finds out the language, and writes down what `recogniser` does not know; absent where nothing is to be found out. */
  readonly multilingual?: RecogniserFiles | undefined;
  /** Silero VAD. */
  readonly vad: ModelFile;
  /** Times words anew; absent where the times of the recogniser are good enough. */
  readonly aligner?: CtcAlignerFiles | undefined;
  /** What a result says of the recogniser and the voice activity detector. */
  readonly uses: readonly ModelUse[];
  /** Absent where nobody is told apart. */
  readonly diarization?: DiarizationSetup | undefined;
};

export type TranscribeInput = TranscriptionSetup & {
  readonly options: TranscriptionOptions;
  readonly channels: ChannelMode;
  /** Speakers whose voice is known get its name; of a recording with one speaker a channel nobody is named. */
  readonly naming?: SpeakerNaming | undefined;
};

/** Emitted as soon as text is final; its speaker is `null` where only the whole recording tells. */
export type UtteranceEvent = { readonly type: 'utterance'; readonly utterance: Utterance };

/** One of each, whichever setups name it: a recogniser that was meant for a language may be asked for by name too. */
const recogniserOnce = openedOnce((files: RecogniserFiles, { openSession }) =>
  openRecogniser(files, openSession),
);
const finderOnce = openedOnce((files: RecogniserFiles, { openSession }) =>
  openLanguageFinder(files, openSession),
);
const alignerOnce = openedOnce((files: CtcAlignerFiles, { openSession }) =>
  openCtcAligner(files, openSession),
);
const vadOnce = openedOnce((vad: ModelFile) => openSilero(vad));

/** Loads all models, so that the first recording does not wait for them. */
export async function loadTranscriptionModels(
  setup: TranscriptionSetup,
  context: TaskContext,
): Promise<undefined> {
  const { diarization } = await transcriptionModels(setup, context);
  await diarization?.prepare();
  await context.prepareSessions();
  // Afterwards: one lane is enough for what is asked once a recording.
  if (setup.multilingual !== undefined) await finderOnce(setup.multilingual, context);
}

/** Transcribes the recording of the job. */
export function transcribeRecording(
  input: TranscribeInput,
  context: TaskContext<UtteranceEvent>,
): Promise<TranscriptResult> {
  return workOnRecording(context, {
    open: () => openRecording(input, context),
    load: () => {
      // Beside all others, since it is asked first; a failure shows again then.
      if (input.multilingual !== undefined) finderOnce(input.multilingual, context).catch(() => undefined);
      return transcriptionModels(input, context);
    },
    work: (recording, models) => recording.transcribe(models, input.options),
  });
}

/** The models of a transcription, shared by all tasks that write down. */
export async function transcriptionModels(
  { recogniser, multilingual, vad, aligner, uses, diarization }: TranscriptionSetup,
  context: TaskContext,
): Promise<TranscriptionModels> {
  const [own, detector, words, speakers] = await Promise.all([
    recogniserOnce(recogniser, context),
    vadOnce(vad, context),
    aligner === undefined ? undefined : alignerOnce(aligner, context),
    diarization === undefined ? undefined : diarizationModels(diarization, context),
  ]);
  return {
    recogniser: own,
    multilingual:
      multilingual &&
      openWhenNeeded({
        open: () => recogniserOnce(multilingual, context),
        openFinder: () => finderOnce(multilingual, context),
      }),
    vad: detector,
    aligner: words,
    uses,
    diarization: speakers,
    // They stay for the next recording, as long as the process lives.
    release: () => Promise.resolve(),
  };
}

type OpenedRecording = {
  readonly transcribe: (
    models: TranscriptionModels,
    options: TranscriptionOptions,
  ) => Promise<TranscriptResult>;
  readonly close: () => Promise<void>;
};

/** The mean of all channels is made while decoding where nothing else is asked for. */
async function openRecording(
  { channels: mode, naming }: Pick<TranscribeInput, 'channels' | 'naming'>,
  context: TaskContext<UtteranceEvent>,
): Promise<OpenedRecording> {
  if (mode === 'mix') {
    const audio = await context.openAudio();
    const mixed = async (models: TranscriptionModels, options: TranscriptionOptions) => {
      const emit = utteranceEmitter(options, context);
      const onText = (text: RecognisedSegment): void => emit(text, null);
      return (await transcribe(audio, models, options, { ...contextOf(context, naming), onText })).result;
    };
    return { transcribe: mixed, close: audio.close };
  }
  const pcm = await context.openPcm();
  const byChannel = (models: TranscriptionModels, options: TranscriptionOptions) =>
    transcribePcm(pcm, mode, models, options, {
      ...contextOf(context, naming),
      onText: utteranceEmitter(options, context),
    });
  return { transcribe: byChannel, close: pcm.close };
}

function contextOf(
  { signal, progress, now }: TaskContext,
  naming: SpeakerNaming | undefined,
): TranscribeContext {
  return {
    signal,
    now,
    onProgress: progress,
    nameSpeakers: (result, centroids) => nameSpeakers(result, centroids, naming),
  };
}

/** What sends text to the parent. */
function utteranceEmitter(
  options: TranscriptionOptions,
  { emit }: TaskContext<UtteranceEvent>,
): (text: RecognisedSegment, speaker: string | null) => void {
  return (text, speaker) => {
    for (const utterance of utterancesOfText(text, speaker, options)) {
      emit({ type: 'utterance', utterance });
    }
  };
}
