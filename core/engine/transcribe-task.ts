import type { PcmStream } from '../audio/pcm-stream.ts';
import { toCoreRate } from '../audio/resample/to-core-rate.ts';
import type { AudioStream } from '../audio/waveform.ts';
import type { ModelFile } from '../inference/session.ts';
import {
  type ChannelBlocks,
  detectOneSpeakerAChannel,
  mixChannels,
} from '../transcription/channels/channel-layout.ts';
import { transcribeChannels } from '../transcription/channels/transcribe-channels.ts';
import { utterancesOfText } from '../transcription/utterances-of-text.ts';
import { openRecogniser, type RecogniserFiles } from '../transcription/recogniser-families.ts';
import type { RecognisedSegment } from '../transcription/recogniser.ts';
import { transcribe, type TranscriptionOptions } from '../transcription/transcribe.ts';
import { openWhenNeeded } from '../transcription/language/multilingual-recogniser.ts';
import type { TranscriptionModels } from '../transcription/transcription-models.ts';
import { openSilero } from '../vad/open-silero.ts';
import type { ModelUse, TranscriptResult, Utterance } from '../result/result.ts';
import { type DiarizationSetup, diarizationModels } from './diarize-task.ts';
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
  /** What a result says of the recogniser and the voice activity detector. */
  readonly uses: readonly ModelUse[];
  /** Absent where nobody is told apart. */
  readonly diarization?: DiarizationSetup | undefined;
};

/** All channels as one, one speaker a channel, or whichever it turns out to be. */
export const CHANNEL_MODES = ['mix', 'split', 'auto'] as const;
export type ChannelMode = (typeof CHANNEL_MODES)[number];

export type TranscribeInput = TranscriptionSetup & {
  readonly options: TranscriptionOptions;
  readonly channels: ChannelMode;
};

/** Emitted as soon as text is final; its speaker is `null` where only the whole recording tells. */
export type UtteranceEvent = { readonly type: 'utterance'; readonly utterance: Utterance };

/** One of each, whichever setups name it: a recogniser that was meant for a language may be asked for by name too. */
const recogniserOnce = openedOnce((files: RecogniserFiles, { openSession }) =>
  openRecogniser(files, openSession),
);
const vadOnce = openedOnce((vad: ModelFile) => openSilero(vad));

/** Loads all models, so that the first recording does not wait for them. */
export async function loadTranscriptionModels(
  setup: TranscriptionSetup,
  context: TaskContext,
): Promise<undefined> {
  await transcriptionModels(setup, context);
}

/** Transcribes the recording of the job. */
export function transcribeRecording(
  input: TranscribeInput,
  context: TaskContext<UtteranceEvent>,
): Promise<TranscriptResult> {
  return workOnRecording(context, {
    open: () => openRecording(input.channels, context),
    load: () => transcriptionModels(input, context),
    work: (recording, models) => recording.transcribe(models, input.options),
  });
}

async function transcriptionModels(
  { recogniser, multilingual, vad, uses, diarization }: TranscriptionSetup,
  context: TaskContext,
): Promise<TranscriptionModels> {
  const [own, detector, speakers] = await Promise.all([
    recogniserOnce(recogniser, context),
    vadOnce(vad, context),
    diarization === undefined ? undefined : diarizationModels(diarization, context),
  ]);
  return {
    recogniser: own,
    multilingual:
      multilingual &&
      openWhenNeeded({
        open: () => recogniserOnce(multilingual, context),
        openHere: (open) => openRecogniser(multilingual, open),
      }),
    vad: detector,
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

async function openRecording(
  mode: ChannelMode,
  context: TaskContext<UtteranceEvent>,
): Promise<OpenedRecording> {
  if (mode === 'mix') {
    const audio = await context.openAudio();
    return { transcribe: (models, options) => mixed(audio, models, options, context), close: audio.close };
  }
  const pcm = await context.openPcm();
  return {
    transcribe: (models, options) => byChannel(pcm, mode, models, options, context),
    close: pcm.close,
  };
}

async function byChannel(
  pcm: PcmStream,
  mode: 'split' | 'auto',
  models: TranscriptionModels,
  options: TranscriptionOptions,
  context: TaskContext<UtteranceEvent>,
): Promise<TranscriptResult> {
  const { signal, progress, now } = context;
  const { channels: channelCount, expectedSeconds, sampleRate, close } = pcm;
  const selections = Array.from({ length: channelCount }, (_, channel) => channel);
  const all: ChannelBlocks = toCoreRate(pcm, selections, { name: 'The recording', signal });
  const { isSplit, blocks } =
    mode === 'split' ? { isSplit: true, blocks: all } : await detectOneSpeakerAChannel(all, channelCount);
  if (!isSplit) {
    const formats = { expectedSeconds, sourceSampleRate: sampleRate, sourceChannels: channelCount, close };
    return mixed({ blocks: mixChannels(blocks), ...formats }, models, options, context);
  }
  return transcribeChannels({ blocks, channelCount, expectedSeconds }, models, options, {
    signal,
    now,
    onProgress: progress,
    onText: utteranceEmitter(options, context),
  });
}

async function mixed(
  audio: AudioStream,
  models: TranscriptionModels,
  options: TranscriptionOptions,
  context: TaskContext<UtteranceEvent>,
): Promise<TranscriptResult> {
  const { signal, progress, now } = context;
  const emitText = utteranceEmitter(options, context);
  const { result } = await transcribe(audio, models, options, {
    signal,
    now,
    onProgress: progress,
    onText: (text) => emitText(text, null),
  });
  return result;
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
