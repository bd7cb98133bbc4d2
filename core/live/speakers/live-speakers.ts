/** Who speaks, while they speak: tracks from window to window, labels by voice, corrections by clustering. */
import { type DiarizationModels } from '../../diarization/diarization-models.ts';
import { resolveRecording, type ResolveRecordingOptions } from '../../diarization/resolve-recording.ts';
import type { ChunkGeometry } from '../../embedding/speaker-encoder.ts';
import { frameNearest } from '../../embedding/speaker-frames.ts';
import { sharedFloat32 } from '../../inference/session.ts';
import type { ObservedBatch } from '../../observation/observe.ts';
import type { LiveEvent } from '../../result/live/live-events.ts';
import { samplesToSeconds, secondsToSamples } from '../../timeline/sliding-window.ts';
import type { Turn } from '../../timeline/turns.ts';
import { correctSpeakers } from './correct-speakers.ts';
import type { LiveOptions } from '../live-options.ts';
import { type HeardWindow, LIVE_STEP_SAMPLES, LiveWindows } from './live-windows.ts';
import { matchLabels } from './match-labels.ts';
import { ObservedSoFar } from './observed-so-far.ts';
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

/**
 * Chosen on the two, three and five speakers of the shared conversations, eight AMI excerpts and the sample, by the share
 * of speech first told under a wrong label. `newBelow` 0.25 is as good (0.6 points at most); at 0.3 three speakers become
 * five. `staysBy` 0 is better where voices differ (five-speakers by 4 points), and worse on the sample (21.7 in place of
 * 7.9 %) and AMI (19.8 in place of 15.1 %).
 */
const VOICE_LABEL_OPTIONS: VoiceLabelOptions = Object.freeze({
  knownFrom: 0.35,
  newBelow: 0.2,
  staysBy: 0.1,
  leastNewSeconds: 0.6,
});

export class LiveSpeakers {
  readonly #models: DiarizationModels;
  readonly #options: LiveOptions & ResolveRecordingOptions;
  readonly #geometry: ChunkGeometry;
  readonly #windows: LiveWindows;
  readonly #tracks: SpeakerTracks;
  readonly #trackVoices: TrackVoices;
  readonly #labels = new VoiceLabels(VOICE_LABEL_OPTIONS);
  readonly #timeline = new ToldTimeline();
  readonly #shown = new ShownTurns();
  readonly #observed: ObservedSoFar;
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
    this.#trackVoices = new TrackVoices(encoder);
    this.#windows = new LiveWindows(spec.chunkSamples);
    this.#tracks = new SpeakerTracks(spec.chunkSamples, spec.speakerCount);
    this.#observed = new ObservedSoFar(segmenter, encoder, chunkHopSamples);
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

  /** What the offline run has observed by now; corrections follow with the next window. */
  observed(batch: ObservedBatch): void {
    this.#observed.add(batch);
  }

  /** Events of the windows that a block completes, and the windows themselves for who listens to voices. */
  async *push(block: Float32Array): AsyncGenerator<{ events: LiveEvent[]; window: HeardWindow }> {
    for (const window of this.#windows.push(block)) {
      const samples = sharedFloat32(window.samples.length);
      samples.set(window.samples);
      const span = { samples, windowCount: 1, hopSamples: LIVE_STEP_SAMPLES };
      const activity = await this.#models.segmenter.segment(span);
      const heard = { ...window, activity, geometry: this.#geometry };
      yield { events: await this.#follow(heard), window: heard };
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

  async #follow(window: HeardWindow): Promise<LiveEvent[]> {
    const endFrame = window.endSample / TRACK_FRAME_SAMPLES;
    const onTrackFrames = this.#onTrackFrames(window);
    const tracked = this.#tracks.follow(onTrackFrames, endFrame);
    const changes = await this.#listen(window, tracked);
    const told = endFrame - secondsToSamples(this.#options.latencySeconds) / TRACK_FRAME_SAMPLES;
    this.#timeline.add(this.#tracks.tell(Math.floor(told)));
    if (this.#options.revisions && this.#isCorrectionDue()) changes.push(...this.#correct());
    return this.#show(changes, trackFrameSeconds(Math.floor(told)));
  }

  #show(changes: readonly LabelChange[], toldSeconds: number): LiveEvent[] {
    const from = Math.max(0, toldSeconds - this.#options.reviseHorizonSeconds);
    if (changes.some(({ change }) => change === 'merged'))
      this.#timeline.rename((label) => this.#labels.resolved(label));
    const truth = this.#timeline.turns((track) => this.#labels.of(track), from);
    const reason = changes.some(({ change }) => change === 'merged') ? 'merged' : 'recluster';
    return [
      ...changes.map(eventOf),
      ...(this.#options.revisions ? this.#shown.revise(truth, from, reason) : []),
      ...this.#shown.extend(truth, toldSeconds),
    ];
  }

  /** Hears whose voices the tracks are that spoke since they were last heard. */
  async #listen(window: HeardWindow, tracked: readonly TrackedLocal[]): Promise<LabelChange[]> {
    const { voices, unheard } = await this.#trackVoices.hear(window, tracked);
    const silent = new Set(unheard.flatMap((track) => this.#labels.of(track) ?? []));
    return this.#labels.hear(voices, samplesToSeconds(window.endSample), silent);
  }

  #isCorrectionDue(): boolean {
    const seconds = samplesToSeconds(this.#observed.sampleCount);
    const added = seconds - this.#clusteredSeconds;
    return added >= Math.max(this.#correctEverySeconds, CORRECT_EVERY_SHARE * seconds);
  }

  #correct(): LabelChange[] {
    const observations = this.#observed.observations();
    this.#clusteredSeconds = samplesToSeconds(observations.sampleCount);
    const { preset, clustering } = this.#models;
    const { result, centroids } = resolveRecording(observations, preset, this.#options, clustering);
    const untilSeconds = Math.min(this.#clusteredSeconds - UNSURE_SECONDS, this.#shown.shownUntilSeconds);
    const fromSeconds = Math.max(0, untilSeconds - this.#options.reviseHorizonSeconds);
    if (untilSeconds <= this.#timeline.correctedUntilSeconds) return [];
    const parts = { labels: this.#labels, timeline: this.#timeline };
    return correctSpeakers({ turns: result.turns, centroids }, this.#shown.turns, parts, {
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

function eventOf(change: LabelChange): LiveEvent {
  return change.change === 'new'
    ? { type: 'speaker', speaker: change.label, change: 'new' }
    : { type: 'speaker', speaker: change.label, change: 'merged', into: change.into };
}
