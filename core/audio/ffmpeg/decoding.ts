/** One run of ffmpeg over one recording, from its start to what has to be said at its end. */
import { Readable } from 'node:stream';
import { CanceledError, InvalidInputError, isSpeechError } from '../../errors.ts';
import type { DecodeOptions, EncodedAudio } from '../audio-decoder.ts';
import { ByteReader } from '../byte-reader.ts';
import { DamageReport } from '../clock/damage-report.ts';
import { placeFrames } from '../clock/place-frames.ts';
import { RecordingClock } from '../clock/recording-clock.ts';
import { traitsOf } from '../container/audio-container.ts';
import { PassingEnds } from '../container/file-ends.ts';
import { hasBytesBetweenFrames } from '../container/mpeg-frames.ts';
import { checkDuration } from '../limits.ts';
import type { PcmStream } from '../pcm-stream.ts';
import { readWav } from '../wav/wav.ts';
import { betterTrack, tracksWarning } from './audio-tracks.ts';
import { type Ending, endingWarnings, isCutOff, readEnding } from './ending.ts';
import { ffmpegInputOptions, ffmpegOutputOptions, ffmpegProcessLimits } from './ffmpeg-arguments.ts';
import { ffmpegFailure } from './ffmpeg-failure.ts';
import type { FfmpegProcess } from './ffmpeg-process.ts';
import type { CommandLine, ProcessLimits } from './process-fence.ts';
import { samplesToSeconds } from '../../timeline/sliding-window.ts';

/** How the program is started on this machine. */
export type FfmpegLauncher = {
  readonly searchPath: string;
  /** Puts the program and its fences in front of the arguments. */
  readonly commandLine: (args: readonly string[], limits: ProcessLimits) => CommandLine;
};

/** One process at work on one recording. */
type Run = {
  readonly ffmpeg: FfmpegProcess;
  readonly reader: ByteReader;
  readonly inputFaults: InputFaults;
  /** Start and end of a stream. */
  readonly passing: PassingEnds | undefined;
};

/**
 * Decodes a recording that can be read as it is: a file, or a stream that needs no seeking.
 *
 * @throws SpeechError see `AudioDecoder`
 */
export async function startDecoding(
  audio: EncodedAudio,
  options: DecodeOptions,
  launcher: FfmpegLauncher,
): Promise<PcmStream> {
  const { audioTrack } = options;
  const first = audioTrack ?? (canReopen(audio) ? 0 : undefined);
  let run = await launch(audio, options, launcher, first === undefined ? undefined : `0:a:${first}`);
  try {
    await waitForSamples(run, audio, options);
    const better = audioTrack === undefined && canReopen(audio) ? betterTrack(run.ffmpeg.log) : undefined;
    if (better !== undefined) {
      await run.ffmpeg.stop();
      run = await launch(audio, options, launcher, `0:${better}`);
      await waitForSamples(run, audio, options);
    }
    return await openRun(run, audio, options);
  } catch (error) {
    await run.ffmpeg.stop();
    throw error;
  }
}

/** A stream is gone once it was read; on other systems than Linux, `/dev/fd/3` shares its place with our handle. */
function canReopen(audio: EncodedAudio): boolean {
  return audio.kind === 'file' && process.platform === 'linux';
}

async function launch(
  audio: EncodedAudio,
  options: DecodeOptions,
  launcher: FfmpegLauncher,
  map: string | undefined,
): Promise<Run> {
  // Loaded here because fluent-ffmpeg costs start-up time that WAV files need not pay.
  const { startFfmpeg } = await import('./ffmpeg-process.ts');
  const passing = audio.kind === 'stream' ? new PassingEnds() : undefined;
  const input =
    audio.kind === 'file'
      ? audio.handle.fd
      : Readable.from(passing!.watch(audio.reader.rest()), { objectMode: false });
  const inputFaults = new InputFaults(input);
  const ffmpeg = startFfmpeg({
    input,
    inputOptions: ffmpegInputOptions(audio, options.limits),
    outputOptions: ffmpegOutputOptions(map),
    commandLine: (args) => launcher.commandLine(args, ffmpegProcessLimits(audio, options.limits)),
    searchPath: launcher.searchPath,
  });
  // Whoever waits for a frame goes on to read samples, which says that the work was stopped.
  options.signal?.addEventListener('abort', () => ffmpeg.log.frames.end(), { once: true });
  return { ffmpeg, reader: new ByteReader(ffmpeg.output, options.signal), inputFaults, passing };
}

/** Until the first samples come: by then the log has said what there is to know about the file. */
async function waitForSamples(run: Run, audio: EncodedAudio, options: DecodeOptions): Promise<void> {
  if ((await run.reader.peek(1)).length === 0) await explainSilence(run, audio, options);
  await run.ffmpeg.log.frames.peek();
}

async function openRun(run: Run, audio: EncodedAudio, options: DecodeOptions): Promise<PcmStream> {
  const { ffmpeg, reader } = run;
  const { name } = audio;
  const { limits, signal } = options;
  const pcm = await readWav(reader, { name, limits, signal });
  const { durationSeconds, durationGuessed } = ffmpeg.log;
  if (durationSeconds !== undefined && !durationGuessed) checkDuration(name, durationSeconds, limits);
  const more = options.audioTrack === undefined ? tracksWarning(ffmpeg.log, name) : undefined;
  if (more !== undefined) options.onWarning?.(more);
  const blocks = closing(supervised(pcm, run, audio, options), ffmpeg.stop);
  return { ...pcm, expectedSeconds: durationSeconds, blocks, close: ffmpeg.stop };
}

/** Puts the samples at their places, and says at the end how the decoder fared. */
async function* supervised(
  pcm: PcmStream,
  run: Run,
  audio: EncodedAudio,
  options: DecodeOptions,
): AsyncGenerator<Float32Array> {
  const { log } = run.ffmpeg;
  const { sampleRate, channels } = pcm;
  const traits = traitsOf(audio.container);
  const clock = new RecordingClock({
    clock: traits.clock,
    sampleRate,
    startSeconds: log.startSeconds,
    headerSeconds: log.durationGuessed ? undefined : log.durationSeconds,
  });
  const report = new DamageReport(sampleRate, audio.container === 'mp3');
  let samples = 0;
  const placed = placeFrames(pcm, log.frames, clock, (...facts) => report.note(...facts));
  for await (const block of placed) {
    samples += block.length / channels;
    checkDuration(audio.name, samplesToSeconds(samples, sampleRate), options.limits);
    yield block;
  }
  await throwFailure(run, audio, options);
  const ending = await readEnding(audio, log, run.passing?.ends);
  if (samples === 0) refuseSilence(ending);
  if (report.hasJunk && (await isDamage(audio))) report.noteJunk();
  const damaged = report.warning(audio.name, traits);
  // What was lost inside shortens a recording without a clock.
  const canCompare = damaged === undefined || traits.clock !== 'none';
  const atEnd = endingWarnings(ending, samplesToSeconds(samples, sampleRate), canCompare);
  for (const warning of [...(damaged === undefined ? [] : [damaged]), ...atEnd]) options.onWarning?.(warning);
}

/** The decoder of MP3 complains about the tags of files that were joined as it does about damage. */
async function isDamage(audio: EncodedAudio): Promise<boolean> {
  return audio.kind === 'stream' || hasBytesBetweenFrames(audio.handle, audio.sizeBytes);
}

/** ffmpeg wrote nothing: it failed, or there was nothing to write. */
async function explainSilence(run: Run, audio: EncodedAudio, options: DecodeOptions): Promise<never> {
  await throwFailure(run, audio, options);
  return refuseSilence(await readEnding(audio, run.ffmpeg.log, run.passing?.ends));
}

function refuseSilence(ending: Ending): never {
  const { name } = ending.audio;
  if (isCutOff(ending)) {
    throw new InvalidInputError('corrupt_audio', `${name} was cut off before its first sample.`);
  }
  throw new InvalidInputError('audio_too_short', `${name} holds no audio samples.`);
}

async function throwFailure(
  { ffmpeg, inputFaults }: Run,
  audio: EncodedAudio,
  { audioTrack }: DecodeOptions,
): Promise<void> {
  const exit = await ffmpeg.exit;
  inputFaults.throwIfAny();
  if (ffmpeg.stopped()) throw new CanceledError();
  const failure = ffmpegFailure(exit, ffmpeg.log, { ...audio, audioTrack });
  if (failure !== undefined) throw failure;
}

/** What went wrong on the way to ffmpeg explains its end better than ffmpeg does. */
class InputFaults {
  #fault: unknown;

  constructor(input: number | Readable) {
    if (typeof input !== 'number') input.on('error', (error) => (this.#fault ??= error));
  }

  throwIfAny(): void {
    if (isSpeechError(this.#fault)) throw this.#fault;
  }
}

/** The same blocks; `close` runs when they end, fail or are left. */
export async function* closing(
  blocks: AsyncIterable<Float32Array>,
  close: () => Promise<void>,
): AsyncGenerator<Float32Array> {
  try {
    yield* blocks;
  } finally {
    await close();
  }
}
