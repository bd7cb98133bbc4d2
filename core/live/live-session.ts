/**
 * A live session: sound in as it comes, events out, and at the end what an offline run over the same sound gives.
 *
 * The end is the offline run: `transcribe` or `diarize` itself works on the stream while it comes, so final text and the
 * result are theirs to the last byte. Beside it go what is too early for it: windows that end now, speech that starts
 * now, text that is not cut yet. What the offline run observes corrects what was told.
 */
import type { AudioStream } from '../audio/waveform.ts';
import type { DiarizationModels } from '../diarization/diarization-models.ts';
import { diarize } from '../diarization/diarize.ts';
import { abortError, CanceledError, InvalidInputError, InvariantError, throwIfAborted } from '../errors.ts';
import type { Session } from '../inference/session.ts';
import { withLaterDeadline } from '../inference/lanes/run-deadline.ts';
import type { LiveEvent, ShedStep } from '../result/live/live-events.ts';
import type { DiarizationResult, TranscriptResult } from '../result/result.ts';
import { SAMPLE_RATE, samplesToSeconds } from '../timeline/sliding-window.ts';
import type { Recogniser } from '../transcription/recogniser.ts';
import { transcribe, type TranscriptionOptions } from '../transcription/transcribe.ts';
import type { TranscriptionModels } from '../transcription/transcription-models.ts';
import type { VoiceScorer } from '../verification/scores/voice-scorer.ts';
import { EventStream } from './event-stream.ts';
import { LiveGain, LiveLevel } from './live-gain.ts';
import { checkLiveOptions, type LiveOptions, type LiveTask } from './live-options.ts';
import { LiveLoad } from './live-load.ts';
import { LiveSpeakers } from './speakers/live-speakers.ts';
import { LiveSpeech } from './live-speech.ts';
import { LiveVoices } from './speakers/live-voices.ts';
import { LiveWords } from './words/live-words.ts';
import { OpenPiece } from './words/open-piece.ts';
import { PushedAudio } from './pushed-audio.ts';
import { policiesOf } from '../resolution/policies.ts';

/** Opened once, used by many sessions. */
export type LiveModels = {
  /** Silero VAD. */
  readonly vad: Session;
  readonly transcription?: TranscriptionModels | undefined;
  readonly diarization?: DiarizationModels | undefined;
  /** What enrolled voices are compared by. */
  readonly scorer?: VoiceScorer | undefined;
};

/** How a session listens, and how its recording is told apart and written down. */
export type LiveSessionOptions = {
  readonly live: LiveOptions;
  readonly transcription: TranscriptionOptions;
};

export type LiveContext = {
  readonly signal?: AbortSignal | undefined;
  /** Seconds from any fixed moment. */
  readonly now: () => number;
  /** Gives names to speakers of the result whose voices are known, as offline. */
  readonly nameSpeakers?:
    (<T extends DiarizationResult>(result: T, centroids: ReadonlyMap<string, Float32Array>) => T) | undefined;
};

/** Sound that may wait before `write` does. */
const MOST_WAITING_SECONDS = 30;
const STATUS_SAMPLES = SAMPLE_RATE;
const MOST_BLOCK_SAMPLES = SAMPLE_RATE;
/** The offline run beside what is told at once may wait longer. */
const OFFLINE_MS = 1_000;
const SHED_WORDS: Readonly<Record<ShedStep, string>> = {
  'interim-text': 'words are told when their text is final',
  'half-steps': 'speakers are looked at once a second',
  'frequent-corrections': 'speakers are corrected every 30 s',
};

/** One live session over opened models; one writer, one reader of its events. */
export class LiveSession {
  readonly #models: LiveModels;
  readonly #options: LiveSessionOptions;
  readonly #now: () => number;
  readonly #nameSpeakers: LiveContext['nameSpeakers'];
  readonly #abort = new AbortController();
  readonly #signal: AbortSignal;
  readonly #stream = new EventStream<LiveEvent>();
  readonly #forNow: PushedAudio;
  readonly #forEnd: PushedAudio;
  readonly #gain = new LiveGain();
  readonly #level = new LiveLevel();
  readonly #load: LiveLoad;
  readonly #speech: LiveSpeech;
  readonly #speakers: LiveSpeakers | undefined;
  readonly #words: LiveWords | undefined;
  readonly #voices: LiveVoices | undefined;
  readonly #openPiece: OpenPiece | undefined;
  #heardSamples = 0;
  #statusSamples = 0;
  #isOver = false;

  /**
   * Begins to listen.
   *
   * @throws InvalidInputError `invalid_option`; `embedding_space_mismatch` and `invalid_file` for voices
   */
  constructor(models: LiveModels, options: LiveSessionOptions, context: LiveContext) {
    const { live, transcription } = options;
    checkLiveOptions(live);
    this.#models = models;
    this.#options = options;
    this.#now = context.now;
    this.#nameSpeakers = context.nameSpeakers;
    this.#load = new LiveLoad(context.now);
    const { signal } = context;
    this.#signal = signal === undefined ? this.#abort.signal : AbortSignal.any([signal, this.#abort.signal]);
    this.#forNow = new PushedAudio(MOST_WAITING_SECONDS * SAMPLE_RATE, this.#signal);
    this.#forEnd = new PushedAudio(MOST_WAITING_SECONDS * SAMPLE_RATE, this.#signal);
    this.#speech = new LiveSpeech(models.vad, live.endpointSilenceSeconds);
    if (this.#does('diarize') || this.#does('verify'))
      this.#speakers = new LiveSpeakers(needed(models.diarization), { ...transcription, ...live });
    if (live.voices.length > 0) this.#voices = new LiveVoices(live.voices, needed(models.scorer));
    else if (this.#does('verify')) throw noVoices();
    if (this.#does('transcribe')) {
      this.#words = new LiveWords(() => this.#knownTurns());
      this.#openPiece = this.#openPieceOf();
    }
    void this.#run();
  }

  /** Everything that happens, for one reader; ends with the result, or throws what ended the session. */
  get events(): AsyncIterable<LiveEvent> {
    return this.#stream;
  }

  /** How far it is behind people who speak, in seconds. */
  get behindSeconds(): number {
    return this.#load.behindSeconds(
      samplesToSeconds(this.#heardSamples),
      samplesToSeconds(this.#statusSamples),
    );
  }

  /** Events that nobody has read yet. */
  get waitingEvents(): number {
    return this.#stream.waiting;
  }

  /**
   * Hears what comes next: 16 kHz mono, any length. Resolves when there is room for more.
   *
   * @throws what ended the session
   */
  async write(samples: Float32Array): Promise<void> {
    if (this.#isOver) throw new InvariantError('Sound was written to a live session that is over.');
    this.#load.begin();
    for (let start = 0; start < samples.length; start += MOST_BLOCK_SAMPLES) {
      throwIfAborted(this.#signal);
      const block = samples.slice(start, start + MOST_BLOCK_SAMPLES);
      this.#heardSamples += block.length;
      await Promise.all([this.#forNow.push(block), this.#needsEnd() && this.#forEnd.push(block)]);
    }
  }

  /** Nothing more comes: the result follows. */
  finish(): void {
    this.#isOver = true;
    this.#forNow.end();
    this.#forEnd.end();
  }

  /** Ends the session without a result. */
  cancel(reason: Error = new CanceledError()): void {
    this.#isOver = true;
    this.#abort.abort(reason);
  }

  async #run(): Promise<void> {
    const ending = withLaterDeadline(OFFLINE_MS, () => this.#runOffline());
    ending.catch((error: unknown) => this.#abort.abort(error));
    try {
      await this.#listen();
      await this.#openPiece?.settle();
      this.#tellEnd(await ending);
      this.#stream.end();
    } catch (error) {
      const failure = this.#signal.aborted ? abortError(this.#signal) : error;
      this.#abort.abort(failure);
      await ending.catch(() => undefined);
      this.#stream.fail(failure);
    }
  }

  /** What is told at once. */
  async #listen(): Promise<void> {
    for await (const block of this.#forNow) {
      throwIfAborted(this.#signal);
      this.#level.push(block);
      const raised = this.#raisesQuietSpeech() ? this.#gain.raised(block) : block.slice();
      this.#tell(await this.#speech.push(raised));
      this.#openPiece?.push(raised, this.#speech.speechStartSample);
      if (this.#speakers !== undefined) await this.#follow(this.#speakers, raised);
      this.#statusSamples += block.length;
      if (this.#statusSamples % STATUS_SAMPLES >= block.length) continue;
      if (this.#options.live.sheds) this.#keepUp();
      this.#tellStatus();
    }
  }

  /** Leaves work out while the machine cannot follow, and says so. */
  #keepUp(): void {
    const heardSeconds = samplesToSeconds(this.#heardSamples);
    if (!this.#load.look(heardSeconds, samplesToSeconds(this.#statusSamples))) return;
    this.#openPiece?.pause(this.#load.leavesOut('interim-text'));
    this.#speakers?.spare({
      steps: this.#load.leavesOut('half-steps'),
      corrections: this.#load.leavesOut('frequent-corrections'),
    });
    const { shed } = this.#load;
    const message =
      shed.length === 0
        ? 'The machine follows again: nothing is left out any more.'
        : `The machine cannot follow: ${shed.map((step) => SHED_WORDS[step]).join(', ')}.`;
    this.#tell([{ type: 'warning', code: shed.length === 0 ? 'live_followed' : 'live_behind', message }]);
  }

  async #follow(speakers: LiveSpeakers, block: Float32Array): Promise<void> {
    for await (const { events, window, voiceOf } of speakers.push(block)) {
      if (this.#does('diarize')) {
        this.#tell(events.map((event) => this.#withWords(event)));
        this.#tell(this.#words?.settle() ?? []);
        this.#tell(this.#voices?.name(speakers.centres()) ?? []);
      }
      if (this.#does('verify')) this.#tell([await this.#voices!.verify(window, voiceOf)]);
    }
  }

  #withWords(event: LiveEvent): LiveEvent {
    if (event.type !== 'revision' || this.#words === undefined) return event;
    const interval = { startSeconds: event.fromSeconds, endSeconds: event.toSeconds };
    return { ...event, words: this.#words.revised(interval) };
  }

  /** The same call as for a file. */
  async #runOffline(): Promise<TranscriptResult | DiarizationResult | null> {
    if (!this.#needsEnd()) return null;
    const audio: AudioStream = {
      blocks: this.#forEnd,
      expectedSeconds: undefined,
      sourceSampleRate: SAMPLE_RATE,
      sourceChannels: 1,
      close: () => Promise.resolve(),
    };
    const { transcription } = this.#options;
    const diarizes = this.#does('diarize');
    const context = {
      signal: this.#signal,
      now: this.#now,
    };
    if (!this.#does('transcribe')) {
      const models = needed(this.#models.diarization);
      const { result, centroids } = await diarize(audio, models, transcription, context);
      return this.#nameSpeakers?.(result, centroids) ?? result;
    }
    const models = oneAtATime(needed(this.#models.transcription));
    const { result } = await transcribe(
      audio,
      models,
      { ...transcription, diarize: diarizes },
      {
        ...context,
        nameSpeakers: this.#nameSpeakers,
        onPiece: ({ startSample, samples, stretches }) => {
          const endSample = stretches?.at(-1)?.endSample ?? startSample + samples.length;
          this.#openPiece?.cut(endSample);
          this.#words!.cut(endSample);
        },
        onRecogniser: (recogniser, language) => this.#openPiece?.use(recogniser, language),
        onText: (segment) => this.#tell(this.#words!.final(segment)),
      },
    );
    return result;
  }

  #tellEnd(result: TranscriptResult | DiarizationResult | null): void {
    this.#tell(this.#words?.rest() ?? []);
    if (result === null) {
      this.#tell([{ type: 'result', result, labels: {} }]);
      return;
    }
    const labels = new Map<string, string>();
    if (this.#does('diarize')) {
      const finished = this.#speakers!.finish(result.turns, result.durationSeconds);
      for (const [found, shown] of finished.labels) labels.set(found, shown);
      const words = 'words' in result ? this.#finalWords(result, labels) : [];
      this.#tell(finished.events.map((event) => (event.type === 'revision' ? { ...event, words } : event)));
      this.#tell(this.#voices?.settle(result.speakers, labels) ?? []);
    }
    const ofShown = Object.fromEntries([...labels].map(([found, shown]) => [shown, found]));
    this.#tell([{ type: 'result', result, labels: ofShown }]);
  }

  #finalWords({ words }: TranscriptResult, labels: ReadonlyMap<string, string>) {
    const keyOf = (word: { startSeconds: number; endSeconds: number; text: string }): string =>
      `${word.startSeconds} ${word.endSeconds} ${word.text}`;
    const speakers = new Map(
      words.map((word) => [keyOf(word), word.speaker === null ? null : (labels.get(word.speaker) ?? null)]),
    );
    return this.#words!.finish((word) => speakers.get(keyOf(word)));
  }

  #knownTurns() {
    const shownUntilSeconds = this.#speakers?.shownUntilSeconds ?? 0;
    return {
      turns: this.#speakers?.turns ?? [],
      shownUntilSeconds,
      stableUntilSeconds: this.#stableUntil(shownUntilSeconds),
    };
  }

  #stableUntil(shownUntilSeconds: number): number {
    const { revisions, reviseHorizonSeconds } = this.#options.live;
    return revisions ? Math.max(0, shownUntilSeconds - reviseHorizonSeconds) : shownUntilSeconds;
  }

  #tellStatus(): void {
    const shownSeconds = this.#speakers?.shownUntilSeconds ?? 0;
    this.#tell([
      {
        type: 'status',
        heardSeconds: samplesToSeconds(this.#statusSamples),
        shownSeconds,
        textSeconds: this.#words?.finalUntilSeconds ?? 0,
        stableUntilSeconds: this.#stableUntil(shownSeconds),
        lagSeconds: samplesToSeconds(this.#heardSamples - this.#statusSamples),
        levelDbfs: this.#level.take(),
        ...(this.#load.shed.length === 0 ? {} : { shed: this.#load.shed }),
      },
    ]);
  }

  #openPieceOf(): OpenPiece | undefined {
    const { live, transcription } = this.#options;
    if (!live.interim) return undefined;
    return new OpenPiece({ ...transcription, signal: this.#signal }, live.interimSeconds, {
      now: this.#now,
      onText: (text) => this.#tell(this.#words!.open(text)),
    });
  }

  /** A preset that does as pyannote does hears what pyannote hears. */
  #raisesQuietSpeech(): boolean {
    const { diarization } = this.#models;
    return diarization === undefined || policiesOf(diarization.preset.resolution).raisesQuietSpeech;
  }

  #needsEnd(): boolean {
    return this.#does('diarize') || this.#does('transcribe');
  }

  #does(task: LiveTask): boolean {
    return this.#options.live.tasks.includes(task);
  }

  #tell(events: readonly LiveEvent[]): void {
    for (const event of events) this.#stream.tell(event);
  }
}

/** Pieces are recognised one by one, so that each is told as soon as it can be; what one gives never depends on others. */
function oneAtATime(models: TranscriptionModels): TranscriptionModels {
  return { ...models, recogniser: alone(models.recogniser) };
}

function alone(recogniser: Recogniser): Recogniser {
  const { id, provider, capabilities } = recogniser;
  return {
    id,
    provider,
    capabilities: { ...capabilities, batchSize: 1, firstBatchSize: 1, concurrency: 1 },
    recognise: (pieces, options) => recogniser.recognise(pieces, options),
    ...(recogniser.findLanguage === undefined
      ? {}
      : { findLanguage: (sound, signal) => recogniser.findLanguage!(sound, signal) }),
    release: () => recogniser.release(),
  };
}

function needed<T>(model: T | undefined): T {
  if (model === undefined) throw new InvariantError('A live session was opened without models of its tasks.');
  return model;
}

function noVoices(): InvalidInputError {
  return new InvalidInputError(
    'invalid_option',
    'Expected voices to verify by, got none: give at least one in voices.',
    {
      details: { option: 'voices' },
    },
  );
}
