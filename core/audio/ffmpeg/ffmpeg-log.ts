import { type FrameFaults, NO_FAULTS } from '../clock/decoded-frame.ts';
import { FrameQueue } from './frame-queue.ts';
import {
  type InputStream,
  isComplaint,
  isDecodingFailure,
  readFault,
  readFrame,
  readInput,
  readLength,
  readMapping,
  readStream,
} from './log-lines.ts';

/** Longest line and number of complaints kept: a hostile file can make ffmpeg talk without end. */
const MAX_LINE_CHARACTERS = 1_000;
const MAX_COMPLAINTS = 50;

/** More streams than any file has that is worth listening to. */
const MAX_STREAMS = 1_000;

/** What the decoder of MPEG audio says of bytes that are no frames. */
const JUNK = 'Header missing';

/** Reads what ffmpeg says on stderr (`-loglevel repeat+level+info`) and keeps the little that is needed. */
export class FfmpegLog {
  /** Lines of the levels error and worse, in order; for sorting failures only, never shown: they name files and tags. */
  readonly complaints: string[] = [];
  /** What was decoded, before it arrives. */
  readonly frames = new FrameQueue();
  /** Tracks of the file. */
  readonly streams: InputStream[] = [];
  /** The track that is decoded, among `streams`. */
  chosenStream: number | undefined;
  /** Length by the container, when it says one. */
  durationSeconds: number | undefined;
  /** True when ffmpeg guessed that length from the bit rate. */
  durationGuessed = false;
  /** First time stamp of any track. */
  startSeconds: number | undefined;
  /** Damage that was reported since the last frame. */
  faults: FrameFaults = NO_FAULTS;
  #line = '';
  #demuxer: string | undefined;
  #decoder: string | undefined;
  #isDecoding = false;
  #lastWasJunk = false;
  /** Who complained before the demuxer was named: it reads the start of a file to learn what it is. */
  readonly #earlyFaults: (string | undefined)[] = [];

  push(text: string): void {
    const lines = (this.#line + text).split('\n');
    this.#line = lines.pop()!.slice(0, MAX_LINE_CHARACTERS);
    for (const line of lines) this.#readLine(line.slice(0, MAX_LINE_CHARACTERS));
  }

  /** Takes the last line, which may lack its end. */
  finish(): void {
    this.#readLine(this.#line);
    this.#line = '';
    this.frames.end();
  }

  #readLine(line: string): void {
    const frame = readFrame(line);
    if (frame !== undefined) {
      this.frames.push({ ...frame, faults: this.faults });
      this.faults = NO_FAULTS;
      return;
    }
    if (isComplaint(line) && this.complaints.length < MAX_COMPLAINTS) this.complaints.push(line);
    if (!this.#isDecoding) this.#readHeader(line);
    const fault = readFault(line);
    if (fault !== undefined) this.#noteFault(line, fault.by);
    else if (this.#decoder === undefined) this.#noteMapping(line);
  }

  #readHeader(line: string): void {
    if (/bitrate for duration|duration from bitrate/.test(line)) this.durationGuessed = true;
    this.#demuxer ??= readInput(line);
    this.#isDecoding = line.startsWith('[info] Stream mapping:');
    const stream = readStream(line);
    const isNew = stream !== undefined && this.streams.every(({ index }) => index !== stream.index);
    if (isNew && this.streams.length < MAX_STREAMS) this.streams.push(stream);
    const length = this.streams.length === 0 ? readLength(line) : undefined;
    this.durationSeconds ??= length?.durationSeconds;
    this.startSeconds ??= length?.startSeconds;
  }

  #noteMapping(line: string): void {
    const mapping = this.#isDecoding ? readMapping(line) : undefined;
    if (mapping === undefined) return;
    this.chosenStream = mapping.stream;
    this.#decoder = mapping.decoder;
    const early = this.#earlyFaults.filter((by) => by === this.#demuxer).length;
    this.faults = { ...this.faults, container: this.faults.container + early };
  }

  /** Decoders that complain before the mapping look at covers and pictures, to learn their size. */
  #noteFault(line: string, by: string | undefined): void {
    if (this.#decoder === undefined) {
      if (this.#earlyFaults.length < MAX_COMPLAINTS) this.#earlyFaults.push(by);
      return;
    }
    const kind = this.#kindOf(line, by);
    if (kind !== undefined) this.faults = { ...this.faults, [kind]: this.faults[kind] + 1 };
    this.#lastWasJunk = kind === 'junk';
  }

  #kindOf(line: string, by: string | undefined): keyof FrameFaults | undefined {
    if (by === this.#demuxer) return 'container';
    if (by === this.#decoder) return line.includes(JUNK) ? 'junk' : 'decoder';
    // The decoder's own word is followed by one of ffmpeg about the same packet.
    if (isDecodingFailure(line)) return this.#lastWasJunk ? undefined : 'decoder';
    return undefined;
  }
}
