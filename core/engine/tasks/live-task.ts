import { findPreset } from '../../diarization/presets.ts';
import { InvariantError, throwIfAborted } from '../../errors.ts';
import { DEFAULT_DIART_OPTIONS, type DiartOptions } from '../../live/diart/diart-tracker.ts';
import { listenLikeDiart } from '../../live/diart/live-diart.ts';
import { LiveSession, type LiveSessionOptions } from '../../live/live-session.ts';
import type { LiveEvent } from '../../result/live/live-events.ts';
import { withDeadline } from '../../inference/lanes/run-deadline.ts';
import type { ModelFile } from '../../inference/session.ts';
import { openSegmenter } from '../../segmentation/open-segmenter.ts';
import { SEGMENTATION_3_0 } from '../../segmentation/segment-speakers.ts';
import { secondsToSamples } from '../../timeline/sliding-window.ts';
import { openSilero } from '../../vad/open-silero.ts';
import { type ScoringModel, VoiceScorer } from '../../verification/scores/voice-scorer.ts';
import { type DiarizationSetup, diarizationModels, nameSpeakers } from './diarize-task.ts';
import { openedOnce } from './opened-once.ts';
import type { TaskContext } from './task.ts';
import { type TranscriptionSetup, transcriptionModels } from './transcribe-task.ts';

/** Which models a live session needs, and what it is asked. */
export type LiveInput = {
  readonly session: LiveSessionOptions;
  /** Silero VAD. */
  readonly vad: ModelFile;
  /** Absent where nothing is written down. */
  readonly transcription: TranscriptionSetup | undefined;
  /** Absent where nobody is told apart. */
  readonly diarization: DiarizationSetup | undefined;
  /** What voices are compared with; absent without voices. */
  readonly scoring: ScoringModel | undefined;
  /** diart's algorithm alone, with these settings, in place of a session of ours. @default ours */
  readonly diart?: Partial<DiartOptions> | undefined;
};

/** The last event: what the session ends with. */
export type LiveTaskResult = Extract<LiveEvent, { type: 'result' }>;

/** What has just been heard should be worked on in so long. */
const STEP_MS = 250;

const vadOnce = openedOnce((vad: ModelFile) => openSilero(vad));
/** diart looks at five seconds at a time. */
const diartSegmenterOnce = openedOnce(({ files, preset }: DiarizationSetup, { openSession }: TaskContext) => {
  const chunkSamples = secondsToSamples(DEFAULT_DIART_OPTIONS.durationSeconds);
  return openSegmenter(files.segmentation, openSession, findPreset(preset).segmentationForm, {
    ...SEGMENTATION_3_0,
    chunkSamples,
  });
});

/** Listens to the sound of the job while it comes; events go out as they happen. */
export async function listenLive(input: LiveInput, context: TaskContext<LiveEvent>): Promise<LiveTaskResult> {
  const events = input.diart === undefined ? sessionEvents(input, context) : diartEvents(input, context);
  for await (const event of events) {
    if (event.type === 'result') return event;
    context.emit(event);
  }
  throw new InvariantError('A live session ended without its result.');
}

async function* diartEvents(
  { diart, diarization }: LiveInput,
  context: TaskContext<LiveEvent>,
): AsyncGenerator<LiveEvent, void, undefined> {
  if (diarization === undefined) throw new InvariantError('diart was asked for without models of speakers.');
  const audio = await context.openAudio();
  const [segmenter, { encoder }] = await Promise.all([
    diartSegmenterOnce(diarization, context),
    diarizationModels(diarization, context),
  ]);
  const stream = listenLikeDiart(audio.blocks, { segmenter, encoder }, diart);
  // Each look at the next region is asked for as somebody waits for it.
  const next = () =>
    withDeadline(
      () => performance.now() + STEP_MS,
      () => stream.next(),
    );
  for (let step = await next(); step.done !== true; step = await next()) {
    throwIfAborted(context.signal);
    yield step.value;
  }
}

async function* sessionEvents(
  input: LiveInput,
  context: TaskContext<LiveEvent>,
): AsyncGenerator<LiveEvent, void, undefined> {
  const audio = await context.openAudio();
  const [vad, transcription, diarization] = await Promise.all([
    vadOnce(input.vad, context),
    input.transcription === undefined ? undefined : transcriptionModels(input.transcription, context),
    input.diarization === undefined ? undefined : diarizationModels(input.diarization, context),
  ]);
  const { scoring } = input;
  const { voices } = input.session.live;
  const scorer = scoring === undefined ? undefined : new VoiceScorer(scoring);
  const naming = scoring === undefined ? undefined : { scoring, voices };
  const { signal, now } = context;
  const models = { vad, transcription, diarization, scorer };
  const opened: { session?: LiveSession } = {};
  // The further behind a session is, the sooner its runs come.
  const deadlineMs = (): number => performance.now() + STEP_MS - 1000 * (opened.session?.behindSeconds ?? 0);
  const session = withDeadline(
    deadlineMs,
    () =>
      new LiveSession(models, input.session, {
        signal,
        now,
        nameSpeakers: (result, centroids) => nameSpeakers(result, centroids, naming),
      }),
  );
  opened.session = session;
  const writing = writeAll(audio.blocks, session);
  // The events end with the same error.
  writing.catch(() => undefined);
  yield* session.events;
}

async function writeAll(blocks: AsyncIterable<Float32Array>, session: LiveSession): Promise<void> {
  try {
    for await (const block of blocks) await session.write(block);
    session.finish();
  } catch (error) {
    session.cancel(error instanceof Error ? error : new InvariantError('Sound failed.'));
    throw error;
  }
}
