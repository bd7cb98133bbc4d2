/** How the decoding of a recording ended: whole, cut off, or with something behind it that was not read. */
import type { EncodedAudio } from '../audio-decoder.ts';
import type { AudioWarning } from '../audio-warning.ts';
import { type FileEnds, readFileEnds } from '../container/file-ends.ts';
import { countMatroskaParts, matroskaBytes } from '../container/matroska-segment.ts';
import { type Mp4Layout, readMp4Layout } from '../container/mp4-boxes.ts';
import { findOggEnd } from '../container/ogg-end.ts';
import { viewOf } from '../wav/riff.ts';
import type { FfmpegLog } from './ffmpeg-log.ts';

/** A shorter loss at the end is rounding of the container's clock. */
const TOLERANCE_SECONDS = 0.5;

/** What is known once all of a recording was read. */
export type Ending = {
  readonly audio: EncodedAudio;
  readonly log: FfmpegLog;
  /** Start and end of what was read. */
  readonly ends: FileEnds;
  /** Of MP4 and QuickTime. */
  readonly layout: Mp4Layout | undefined;
  /** Files of which ffmpeg has read no more than the first few. */
  readonly unreadParts: number;
};

/** As many Matroska files, joined byte by byte, are read by ffmpeg. */
const READ_PARTS = 2;

/** Looks at the ends of the input; of a stream, at what passed by. */
export async function readEnding(
  audio: EncodedAudio,
  log: FfmpegLog,
  passed: FileEnds | undefined,
): Promise<Ending> {
  if (audio.kind === 'stream') {
    const nothing = new Uint8Array(0);
    return {
      audio,
      log,
      ends: passed ?? { head: nothing, tail: nothing, sizeBytes: 0 },
      layout: undefined,
      unreadParts: 0,
    };
  }
  const { handle, sizeBytes, container } = audio;
  const layout = container === 'mp4' ? await readMp4Layout(handle, sizeBytes) : undefined;
  const parts = container === 'matroska' ? await countMatroskaParts(handle, sizeBytes) : 1;
  return {
    audio,
    log,
    ends: await readFileEnds(handle, sizeBytes),
    layout,
    unreadParts: Math.max(0, parts - READ_PARTS),
  };
}

/**
 * What to say of the end of a recording whose sound ends here.
 *
 * @param canCompare whether the length of the header says anything about the end
 */
export function endingWarnings(ending: Ending, seconds: number, canCompare: boolean): AudioWarning[] {
  const { audio, layout, unreadParts } = ending;
  const truncated = truncation(ending, seconds, canCompare);
  // Parts in fragments go on in a fragment of another file.
  const isUnread =
    unreadParts > 0 || (layout?.isFollowed === true && seconds <= (ending.log.durationSeconds ?? 0) + 1);
  const followed = `Another file was appended to ${audio.name}; it was not read. Split the parts, or join them with a tool for that.`;
  return [
    ...(truncated === undefined ? [] : [{ code: 'truncated' as const, message: truncated }]),
    ...(isUnread ? [{ code: 'unread' as const, message: followed }] : []),
  ];
}

/** True where the container itself shows that bytes of its end are missing. */
export function isCutOff({ audio, log, ends, layout }: Ending): boolean {
  if (layout !== undefined)
    return layout.isCutOff || log.complaints.some((line) => line.includes('partial file'));
  if (audio.container === 'ogg') return findOggEnd(ends.tail) === 'in-page';
  if (audio.container === 'avi') return ends.sizeBytes < riffBytes(ends.head);
  if (audio.container !== 'matroska') return false;
  const wholeBytes = matroskaBytes(ends.head);
  return wholeBytes === undefined ? log.faults.container > 0 : wholeBytes > ends.sizeBytes;
}

function truncation(ending: Ending, seconds: number, canCompare: boolean): string | undefined {
  const { audio, log, ends } = ending;
  const { name, container } = audio;
  const expected = log.durationGuessed || !canCompare ? undefined : log.durationSeconds;
  const isShort = expected !== undefined && expected - seconds > TOLERANCE_SECONDS;
  const end = isShort
    ? `it holds ${seconds.toFixed(3)} s of ${expected.toFixed(3)} s`
    : `its sound ends at ${seconds.toFixed(3)} s`;
  if (isCutOff(ending) && (isShort || expected === undefined || container !== 'matroska')) {
    return `${name} was cut off: ${end}.`;
  }
  if (container === 'ogg') {
    const isMarked = findOggEnd(ends.tail) === 'whole';
    return isMarked ? undefined : `${name} lacks the mark of its end and may have been cut off: ${end}.`;
  }
  // Their layout says that they are whole: the picture, or subtitles, go on after the sound.
  if (container === 'mp4' || container === 'matroska' || container === 'avi') return undefined;
  const endsInFrame = audio.container !== 'mpegts' && audio.container !== 'mpegps' && log.faults.decoder > 0;
  const hasPicture = log.streams.some(({ kind, isPicture }) => kind === 'video' && !isPicture);
  if (!isShort || (hasPicture && !endsInFrame)) {
    return endsInFrame ? `${name} was cut off in the middle of a frame: ${end}.` : undefined;
  }
  if (log.complaints.length === 0) return `${name} was cut off: ${end}.`;
  const range = `up to ${seconds.toFixed(3)} s of ${expected.toFixed(3)} s`;
  return `${name} could be decoded only ${range}; what follows is missing or damaged.`;
}

/** Bytes of the file, as the outermost chunk of a RIFF file says. */
function riffBytes(head: Uint8Array): number {
  return head.length < 8 ? 0 : 8 + viewOf(head).getUint32(4, true);
}
