/** Who speaks, while they speak: tracks from window to window, labels by voice, corrections by clustering. */
import { type DiarizationModels } from '../../diarization/diarization-models.ts';
import { resolveRecording, type ResolveRecordingOptions } from '../../diarization/resolve-recording.ts';
import { startStream } from '../../embedding/stream-voices.ts';
import type { ChunkGeometry, StreamEncoder, VoiceOf } from '../../embedding/speaker-encoder.ts';
import { frameNearest } from '../../embedding/speaker-frames.ts';
import { sharedFloat32 } from '../../inference/session.ts';
import type { LiveEvent } from '../../result/live/live-events.ts';
import { samplesToSeconds, secondsToSamples } from '../../timeline/sliding-window.ts';
import type { Turn } from '../../timeline/turns.ts';
import { correctSpeakers } from './correct-speakers.ts';
import type { LiveOptions } from '../live-options.ts';
import { type HeardWindow, LIVE_STEP_SAMPLES, LiveWindows } from './live-windows.ts';
import { matchLabels } from './match-labels.ts';
import { RecentWindows } from './recent-windows.ts';
import { ShownTurns } from './shown-turns.ts';
import {
  SpeakerTracks,
  TRACK_FRAME_SAMPLES,
  trackFrameSeconds,
  type TrackedLocal,
} from './speaker-tracks.ts';
import { ToldTimeline } from './told-timeline.ts';
import { TrackVoices } from './track-voices.ts';
import { type LabelChange, type VoiceLabelOptions, VoiceLabels } from './voice-labels.ts';

/** A clustering runs when so much was added, or this share, whichever is more: an hour costs no more than 21 at its end. */
const CORRECT_EVERY_SECONDS = 5;
/** … where the machine cannot follow. */
const SPARED_CORRECT_EVERY_SECONDS = 30;
const CORRECT_EVERY_SHARE = 0.05;
/** The last windows of a clustering are heard by few others: what lies there waits for the next. */
const UNSURE_SECONDS = 3;
/** What is told is `latencySeconds` old on average: half a step less just after a window, half a step more before the next. */
const HALF_STEP_SAMPLES = LIVE_STEP_SAMPLES / 2;

/**
 * Chosen on the two, three and five speakers of the shared conversations, clean, over the telephone, with noise and from
 * afar, eight AMI excerpts and the sample, by the share of speech first told under a wrong label. docs/live.md has what
 * other values give.
 */
const VOICE_LABEL_OPTIONS: VoiceLabelOptions = Object.freeze({
  knownFrom: 0.4,
  longKnownFrom: 0.45,
  shortKnownFrom: 0.35,
  shortNewBelow: 0.2,
  sureFrom: 0.5,
  staysBy: 0.05,
  leastNewSeconds: 0.6,
});

/**
 * A stream has little of everybody at first: less speech makes a voice than in a whole recording, but two voices must
 * differ by more than none.
 */
const SURE_VOICES = Object.freeze({ leastGain: 20, minClusterSize: 4, minClusterShare: 0.03 });

/** What is told after a window, the window, and whose voices it hears. */
export type FollowedWindow = {
  readonly events: LiveEvent[];
  readonly window: HeardWindow;
  readonly voiceOf: VoiceOf;
};

export class LiveSpeakers {
  readonly #models: DiarizationModels;
  readonly #options: LiveOptions & ResolveRecordingOptions;
  readonly #geometry: ChunkGeometry;
  readonly #windows: LiveWindows;
  readonly #tracks: SpeakerTracks;
  readonly #trackVoices = new TrackVoices();
  readonly #labels = new VoiceLabels(VOICE_LABEL_OPTIONS);
  readonly #timeline = new ToldTimeline();
  readonly #shown = new ShownTurns();
  readonly #recent: RecentWindows;
  readonly #stream: StreamEncoder;
  #clusteredSeconds = 0;
  #correctEverySeconds = CORRECT_EVERY_SECONDS;

  constructor(models: DiarizationModels, options: LiveOptions & ResolveRecordingOptions) {
    const { segmenter, encoder, preset } = models;
    const { spec, framesPerChunk, frameGrid } = segmenter;
    const chunkHopSamples = secondsToSamples(preset.chunkHopSeconds);
    this.#models = models;
    this.#options = options;
    this.#geometry = {
      chunkSamples: spec.chunkSamples,
      chunkHopSamples,
      framesPerChunk,
      frameGrid,
      localSpeakerCount: spec.speakerCount,
    };
    this.#stream = startStream(encoder, this.#geometry);
    this.#windows = new LiveWindows(spec.chunkSamples);
    this.#tracks = new SpeakerTracks(spec.chunkSamples, spec.speakerCount);
    this.#recent = new RecentWindows(encoder.dimension, options.reviseHorizonSeconds);
  }

  get turns(): readonly Turn[] {
    return this.#shown.turns;
  }

  get shownUntilSeconds(): number {
    return this.#shown.shownUntilSeconds;
  }

  /** Centres of labels, of unit length; biometric. */
  centres(): Map<string, Float32Array> {
    return this.#labels.centres();
  }

  /** Looks less often at who speaks, or corrects less often, while the machine cannot follow. */
  spare({ steps, corrections }: { readonly steps: boolean; readonly corrections: boolean }): void {
    this.#windows.endEvery(steps ? 2 * LIVE_STEP_SAMPLES : LIVE_STEP_SAMPLES);
    this.#correctEverySeconds = corrections ? SPARED_CORRECT_EVERY_SECONDS : CORRECT_EVERY_SECONDS;
  }

  /** Events of the windows that a block completes, and the windows themselves for who listens to voices. */
  async *push(block: Float32Array): AsyncGenerator<FollowedWindow> {
    this.#stream.push(block);
    for (const window of this.#windows.push(block)) {
      const samples = sharedFloat32(window.samples.length);
      samples.set(window.samples);
      const span = { samples, windowCount: 1, hopSamples: LIVE_STEP_SAMPLES };
      const activity = await this.#models.segmenter.segment(span);
      const heard = { ...window, activity, geometry: this.#geometry };
      const voiceOf = await this.#stream.hear(heard);
      yield { events: await this.#follow(heard, voiceOf), window: heard, voiceOf };
    }
  }

  /** The whole recording is resolved: everything shown becomes that, under the labels that were shown. */
  finish(turns: readonly Turn[], endSeconds: number): { events: LiveEvent[]; labels: Map<string, string> } {
    const matches = matchLabels(turns, this.#shown.turns);
    const events: LiveEvent[] = [];
    for (const { speaker } of turns) {
      if (matches.has(speaker)) continue;
      const label = this.#labels.born(endSeconds);
      matches.set(speaker, label);
      events.push({ type: 'speaker', speaker: label, change: 'new' });
    }
    const named = turns.map((turn) => ({ ...turn, speaker: matches.get(turn.speaker)! }));
    events.push(...this.#shown.replaceAll(named, endSeconds));
    return { events, labels: matches };
  }

  async #follow(window: HeardWindow, voiceOf: VoiceOf): Promise<LiveEvent[]> {
    const endFrame = window.endSample / TRACK_FRAME_SAMPLES;
    const onTrackFrames = this.#onTrackFrames(window);
    const tracked = this.#tracks.follow(onTrackFrames, endFrame);
    const changes = await this.#listen(window, tracked, voiceOf);
    if (this.#recent.isKept(window)) await this.#keep(window, voiceOf);
    const latency = secondsToSamples(this.#options.latencySeconds) - HALF_STEP_SAMPLES;
    const told = endFrame - latency / TRACK_FRAME_SAMPLES;
    this.#timeline.add(this.#tracks.tell(Math.floor(told)));
    if (this.#options.revisions && this.#isCorrectionDue(window)) changes.push(...this.#correct(window));
    return this.#show(changes, trackFrameSeconds(Math.floor(told)));
  }

  #show(changes: readonly LabelChange[], toldSeconds: number): LiveEvent[] {
    const from = Math.max(0, toldSeconds - this.#options.reviseHorizonSeconds);
    if (changes.some(({ change }) => change === 'merged'))
      this.#timeline.rename((label) => this.#labels.resolved(label));
    const truth = this.#timeline.turns((track) => this.#labels.allOf(track), from);
    const reason = changes.some(({ change }) => change === 'merged') ? 'merged' : 'recluster';
    return [
      ...changes.map(eventOf),
      ...(this.#options.revisions ? this.#shown.revise(truth, from, reason) : []),
      ...this.#shown.extend(truth, toldSeconds),
    ];
  }

  /** Hears whose voices the tracks are that spoke since they were last heard. */
  async #listen(
    window: HeardWindow,
    tracked: readonly TrackedLocal[],
    voiceOf: VoiceOf,
  ): Promise<LabelChange[]> {
    const { voices, unheard } = await this.#trackVoices.hear(window, tracked, voiceOf);
    const silent = new Set(unheard.flatMap((track) => this.#labels.of(track) ?? []));
    return this.#labels.hear(voices, samplesToSeconds(window.endSample), silent);
  }

  async #keep(window: HeardWindow, voiceOf: VoiceOf): Promise<void> {
    const { localSpeakerCount, chunkSamples } = this.#geometry;
    const locals = Array.from({ length: localSpeakerCount }, (_, local) => local);
    const voices = await Promise.all(locals.map((local) => voiceOf(local, samplesToSeconds(chunkSamples))));
    this.#recent.add(window, voices);
  }

  #isCorrectionDue(window: HeardWindow): boolean {
    if (!this.#recent.isKept(window)) return false;
    const seconds = samplesToSeconds(window.endSample);
    const added = seconds - this.#clusteredSeconds;
    const known = Math.min(seconds, this.#options.reviseHorizonSeconds);
    return added >= Math.max(this.#correctEverySeconds, CORRECT_EVERY_SHARE * known);
  }

  #correct(window: HeardWindow): LabelChange[] {
    const { observations, startSeconds } = this.#recent.observations()!;
    this.#clusteredSeconds = samplesToSeconds(window.endSample);
    const { preset, clustering } = this.#models;
    const { result, centroids } = resolveRecording(
      observations,
      liveResolution(preset),
      this.#options,
      clustering,
    );
    const untilSeconds = Math.min(this.#clusteredSeconds - UNSURE_SECONDS, this.#shown.shownUntilSeconds);
    const fromSeconds = Math.max(0, startSeconds, untilSeconds - this.#options.reviseHorizonSeconds);
    if (untilSeconds <= this.#timeline.correctedUntilSeconds) return [];
    const parts = { labels: this.#labels, timeline: this.#timeline };
    const turns = result.turns.map((turn) => ({
      ...turn,
      startSeconds: turn.startSeconds + startSeconds,
      endSeconds: turn.endSeconds + startSeconds,
    }));
    return correctSpeakers({ turns, centroids }, this.#shown.turns, parts, {
      fromSeconds,
      untilSeconds,
    });
  }

  #onTrackFrames({ activity, endSample }: HeardWindow): Uint8Array {
    const frames = new Uint8Array(this.#geometry.chunkSamples / TRACK_FRAME_SAMPLES);
    const unheard = this.#geometry.chunkSamples - endSample;
    for (let frame = 0; frame < frames.length; frame += 1) {
      const sample = frame * TRACK_FRAME_SAMPLES;
      if (sample >= unheard)
        frames[frame] = activity[frameNearest(this.#geometry, sample + TRACK_FRAME_SAMPLES / 2)]!;
    }
    return frames;
  }
}

/** As the preset resolves a recording, but for how much makes a voice. */
function liveResolution(preset: DiarizationModels['preset']): DiarizationModels['preset'] {
  const { clustering } = preset.resolution;
  if (clustering.method !== 'evidence') return preset;
  return { ...preset, resolution: { ...preset.resolution, clustering: { ...clustering, ...SURE_VOICES } } };
}

function eventOf(change: LabelChange): LiveEvent {
  return change.change === 'new'
    ? { type: 'speaker', speaker: change.label, change: 'new' }
    : { type: 'speaker', speaker: change.label, change: 'merged', into: change.into };
}
