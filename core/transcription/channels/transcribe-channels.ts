/** Transcribes a recording in which each channel holds a speaker of its own, such as the two sides of a call. */
import { noSamples } from '../../audio/no-samples.ts';
import { speakerLabel } from '../../resolution/turns/name-speakers.ts';
import { samplesToSeconds } from '../../timeline/sliding-window.ts';
import {
  NO_SPEECH,
  oneOfEachCode,
  RESULT_SCHEMA_VERSION,
  type ResultWarning,
  type TranscriptResult,
} from '../../result/result.ts';
import { fanOut } from '../pieces/fan-out.ts';
import { type RecognisedRecording, recogniseRecording } from '../recognise-recording.ts';
import { type RecognisedSegment, requireCapability } from '../recogniser.ts';
import { type TranscribeContext, type TranscriptionOptions, usedModels } from '../transcribe.ts';
import type { TranscriptionModels } from '../transcription-models.ts';
import { ChannelLevels } from './channel-levels.ts';
import type { ChannelBlocks } from './channel-layout.ts';
import { dropCrossTalk, isLeak } from './cross-talk.ts';
import { ChannelLikeness, equalChannelsWarning } from './equal-channels.ts';
import { joinChannels, type RecordingFacts } from './join-channels.ts';

export type ChannelsAudio = {
  readonly blocks: ChannelBlocks;
  readonly channelCount: number;
  readonly expectedSeconds: number | undefined;
};

export type TranscribeChannelsContext = Omit<TranscribeContext, 'onText'> & {
  /** Text as soon as it is final, in order of time in each channel; `null` where only the whole recording tells. */
  readonly onText?: ((segment: RecognisedSegment, speaker: string | null) => void) | undefined;
};

/** Blocks by which the channels may be apart. */
const MAX_WAITING_BLOCKS = 60;

/**
 * Transcribes every channel on its own; who speaks is known from the channel, without diarization.
 *
 * @throws InvalidInputError, ModelError, CanceledError as `transcribe` does
 */
export async function transcribeChannels(
  audio: ChannelsAudio,
  models: TranscriptionModels,
  options: TranscriptionOptions,
  context: TranscribeChannelsContext,
): Promise<TranscriptResult> {
  const { recogniser } = models;
  requireCapability(recogniser, options);
  const started = context.now();
  const levels = new ChannelLevels(audio.channelCount);
  const likeness = new ChannelLikeness(audio.channelCount);
  const heard = { ...audio, blocks: measured(audio.blocks, levels, likeness) };
  const recognised = await recogniseEach(heard, levels, models, options, context);
  const sampleCount = recognised[0]?.sampleCount ?? 0;
  if (sampleCount === 0) throw noSamples();
  const channels = dropCrossTalk(
    recognised.map(({ texts }) => texts),
    levels,
  );
  const facts: RecordingFacts = {
    schemaVersion: RESULT_SCHEMA_VERSION,
    durationSeconds: samplesToSeconds(sampleCount),
    models: usedModels(
      models,
      recognised.map(({ recogniserId }) => recogniserId),
    ),
    provider: recogniser.provider,
    timings: { transcribeSeconds: context.now() - started },
    warnings: warningsOf(recognised, likeness),
  };
  const language = recognised.find((channel) => channel.language !== null)?.language ?? null;
  return joinChannels(channels, facts, language, options);
}

async function recogniseEach(
  audio: ChannelsAudio,
  levels: ChannelLevels,
  models: TranscriptionModels,
  options: TranscriptionOptions,
  { signal: canceled, onText, onProgress }: TranscribeChannelsContext,
): Promise<RecognisedRecording[]> {
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(canceled === undefined ? [] : [canceled])]);
  const readers = fanOut(audio.blocks, audio.channelCount, MAX_WAITING_BLOCKS, signal);
  const doneSeconds = readers.map(() => 0);
  const recognising = readers.map((reader, channel) =>
    recogniseRecording(
      only(reader, channel),
      models,
      { ...options, signal },
      {
        onText: (text) => {
          if (!isLeak(channel, text, levels)) onText?.(text, speakerLabel(channel));
        },
        onProgress: (seconds) => {
          doneSeconds[channel] = seconds;
          const done = Math.min(...doneSeconds);
          onProgress?.({ stage: 'transcribe', done, total: audio.expectedSeconds ?? null });
        },
      },
    ),
  );
  try {
    return await Promise.all(recognising);
  } catch (error) {
    failed.abort();
    await Promise.allSettled(recognising);
    throw error;
  }
}

async function* measured(
  blocks: ChannelBlocks,
  ...meters: readonly Pick<ChannelLevels, 'push'>[]
): AsyncGenerator<readonly Float32Array[]> {
  for await (const block of blocks) {
    for (const meter of meters) meter.push(block);
    yield block;
  }
}

async function* only(blocks: ChannelBlocks, channel: number): AsyncGenerator<Float32Array> {
  for await (const block of blocks) yield block[channel]!;
}

function warningsOf(recognised: readonly RecognisedRecording[], likeness: ChannelLikeness): ResultWarning[] {
  const equal = equalChannelsWarning(likeness);
  const all: ResultWarning[] = equal === undefined ? [] : [equal];
  all.push(...recognised.flatMap(({ warnings }) => warnings));
  if (recognised.every(({ texts }) => texts.length === 0)) all.push(NO_SPEECH);
  return oneOfEachCode(all);
}
